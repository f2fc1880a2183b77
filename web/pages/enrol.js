// enrol - how an officer's browser comes to a key that seals.
//
// The key is made here and never leaves; the CA certifies it by a request like any other,
// after its fingerprint was compared by telephone.

import {get, post, put} from "./api.js";
import {able, keyOf, newKeyOf} from "./keys.js";
import {fingerprint, requestFor} from "./seal.js";
import {wrong} from "./parts.js";
import {inDialog} from "./sign.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {say} from "./words.js";

export const title = () => say("Your key for sealing");

// What an administrator does with the request's file.
function steps(asked, enrolment) {
  const renews = enrolment.certificates.length > 0;
  const {profile} = enrolment;
  return h("ol", {},
    h("li", {}, say("An administrator takes this file of the node to the CA:"), " ", h("code", {}, foreign(asked.file))),
    h("li", {}, say("There, with you on the telephone:"), h("pre", {class: "command"},
      `dabyl ca renew ${profile.name} FILE`),
      renews ? null : [say("or, for an officer who has no certificate yet:"),
        h("pre", {class: "command"}, `dabyl ca sign --officer-of ${profile.node} FILE`)]),
    h("li", {}, say("Read out these digits; all forty have to agree:"),
      h("p", {class: "fingerprint"}, h("strong", {}, h("code", {}, foreign(asked.fingerprint))))),
    h("li", {}, say("The hub gets the certificate for its roster, this console gets it below.")));
}

function certificateForm(main, again) {
  const area = h("textarea", {id: "certificate", name: "certificate", rows: 6, spellcheck: "false", required: true});
  const told = h("div", {role: "status"});
  return h("form", {onsubmit: async (event) => {
    event.preventDefault();
    try {
      await put("enrolment", {certificate: area.value});
      await again();
    } catch (error) {
      replace(told, wrong(error));
    }
  }}, h("div", {class: "field"}, h("label", {for: "certificate"}, say("The certificate that the CA signed (seal.pem)")), area),
    told, h("button", {type: "submit"}, say("Take it")));
}

// Where no certificate says which office the officer holds, the officer does, and the CA
// asks whoever appointed that person.
function office(profile) {
  if (profile.known) return null;
  const field = (id, words, help) => h("div", {class: "field"}, h("label", {for: id}, words),
    h("input", {id, name: id, type: "text", autocomplete: "off", maxlength: "39", value: profile[id], oninput: (event) => {
      profile[id] = event.target.value.trim();
    }}), h("p", {class: "help"}, help));
  return h("fieldset", {}, h("legend", {}, say("Only where you hold an office")),
    field("office", say("Office"), say("As the rules spell it: head, deputy-head, chairman ...")),
    field("territory", say("Territory of that office"), say("Its code, such as KZ-75")));
}

async function ask(main, me, enrolment, key) {
  const request = await requestFor(enrolment.profile, key);
  const asked = await post("enrolment", {request});
  if (asked.fingerprint !== await fingerprint(request)) throw new Error(say("The server shows another fingerprint than that of the request."));
}

async function make(main, me, enrolment, again, told) {
  const before = await keyOf(me).catch(() => null);
  const sure = !before || await inDialog(say("Replace the key?"), (close) => [
    h("h2", {}, say("Replace the key?")),
    h("p", {}, say("The one that is here is lost then, and its certificate is of no use any more: have it revoked.")),
    h("div", {class: "row"},
      h("button", {type: "button", "data-act": "replace", onclick: () => close(true)}, say("Replace")),
      h("button", {type: "button", class: "first", autofocus: true, onclick: () => close(false)}, say("Keep"))),
  ]);
  if (!sure) return;
  try {
    await ask(main, me, enrolment, await newKeyOf(me));
    await again();
  } catch (error) {
    replace(told, wrong(error));
  }
}

function standing(key, enrolment) {
  const own = enrolment.certificates.filter((one) => one.key === key?.id);
  const good = own.find((one) => one.good);
  if (!key) return h("p", {}, say("There is no key of yours in this browser yet."));
  if (good) return h("p", {class: "good"}, say("This browser can seal for you until"), " ", moment(good.until), ".");
  if (own.length) return h("p", {class: "wrong-text"}, say("The certificate of this browser's key is not in force."), " ", foreign(own[0].fault));
  return h("p", {}, say("The key of this browser has no certificate yet."));
}

function others(key, enrolment) {
  const list = enrolment.certificates.filter((one) => one.key !== key?.id);
  return !list.length ? null : h("section", {}, h("h2", {}, say("Your other certificates")),
    h("ul", {}, list.map((one) => h("li", {}, h("code", {}, one.key.slice(0, 16)), ", ", say("until"), " ", moment(one.until),
      one.good ? null : [", ", foreign(one.fault)]))));
}

async function draw(main, me, again) {
  const [enrolment, key, can] = [await get("enrolment"), await keyOf(me).catch(() => null), await able()];
  const asked = enrolment.requests.find((one) => one.key === key?.id);
  const certified = enrolment.certificates.some((one) => one.key === key?.id && one.good);
  const told = h("div", {role: "status"});
  replace(main, h("h1", {tabindex: "-1"}, title()),
    h("p", {}, name(me.officer.name), enrolment.profile.office ? [", ", foreign(enrolment.profile.office)] : null, ", ", say("officer of"), " ", name(me.node)),
    can ? standing(key, enrolment) : [
      h("p", {class: "wrong-text"}, say("This browser cannot seal: it is too old for it, or this page came over a connection that is not protected.")),
      h("p", {}, say("On the node's machine an officer seals what is held with:")),
      h("pre", {class: "command"}, "dabyl cosign ID --key FILE --cert FILE")],
    key ? h("p", {class: "faint"}, say("Key:"), " ", h("code", {}, key.id)) : null,
    asked && !certified ? h("section", {}, h("h2", {}, say("What happens next")), steps(asked, enrolment)) : null,
    key && !certified ? certificateForm(main, again) : null,
    told, can && !certified ? office(enrolment.profile) : null,
    can ? h("p", {}, h("button", {type: "button", class: key ? null : "first", "data-act": "make-key", onclick: () => make(main, me, enrolment, again, told)},
      key ? say("Make a new key in this browser ...") : say("Make a key in this browser"))) : null,
    key && !asked && !certified ? h("p", {}, h("button", {type: "button", "data-act": "ask-again", onclick: async () => {
      await ask(main, me, enrolment, key).then(again, (error) => replace(told, wrong(error)));
    }}, say("Ask for its certificate"))) : null,
    others(key, enrolment));
}

export async function show(main, place, me) {
  const again = () => draw(main, me, again);
  await again();
  return null;
}
