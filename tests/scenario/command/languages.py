#!tests/run
"""Goal: with --lang, DABYL_LANG or a locale the tools speak Kazakh, Russian or English, on a machine without any locale."""

import json
import sys

import client
import tap
from world import World

QUIET = {"LC_ALL": "C", "LANG": "", "LANGUAGE": "", "DABYL_LANG": ""}

with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    world.start("isoc-energy", "nccis")
    centre, desk = world.node("isoc-energy"), world.node("nccis")

    def dabyl(node, *words, code=0, stdin=None, **env):
        got, text = world.run("--node", node.folder, *words, code=None, stdin=stdin, env=dict(QUIET, **env))
        return tap.ok(got == code, f"exit code {code} of {' '.join(words)}", text) and text or text

    notice = json.dumps(client.notice("isoc-energy", 4), ensure_ascii=False)
    bad = json.dumps(client.notice("isoc-energy", 9))

    text = dabyl(centre, "explain", "--lang", "ru", "-", stdin=notice)
    tap.has(text, "было бы принято", "explain in Russian")
    tap.has(text, "хаб создал бы:\n    security.alert      пункт 488:14", "with paragraph and derived message")
    text = dabyl(centre, "--lang", "kk", "send", "-", stdin=notice)
    tap.ok(text.startswith("ЖІБЕРІЛДІ"), "send in Kazakh", text)
    tap.has(text, "хабардар етілді:\n    nccis               488:8.3, 8.5, 10-тармақ  (қағида notice.nccis)", "who was told, in Kazakh")
    tap.has(text, "ескертпе: object.none: Хабарламада объект аталмаған", "a remark in Kazakh")
    text = dabyl(centre, "send", "-", stdin=bad, code=1, DABYL_LANG="kk")
    tap.ok(text.startswith("ҚАБЫЛДАНБАДЫ"), "a refusal in Kazakh, by DABYL_LANG", text)
    tap.has(text, "схемасына сай емес: doc.schema орны: /body/level", "its title, code and field")
    tap.has(text, "Құжат өз түрінің схемасына сәйкес келмейді.", "and what it means")
    text = dabyl(centre, "send", "-", stdin=bad, code=1, LC_ALL="ru_RU.UTF-8")
    tap.has(text, "не соответствует схеме: doc.schema в /body/level", "in Russian, by a locale that is not installed")
    text = dabyl(centre, "send", "-", stdin=bad, code=1)
    tap.has(text, "does not fit its schema: doc.schema at /body/level", "in English where nothing is said")
    text = dabyl(centre, "--json", "--lang", "kk", "send", "-", stdin=bad, code=1)
    reason = json.loads(text)["reason"]
    tap.ok(reason["code"] == "doc.schema" and reason["sentence"].isascii(), "what programs read stays as it is", text)

    desk.has_received(2)
    text = dabyl(desk, "inbox", "--lang", "kk")
    tap.has(text, "4-ДЕҢГЕЙ  ақпараттық қауіпсіздік инциденті туралы хабарлама (incident.notice)  жіберуші: isoc-energy", "the inbox in Kazakh")
    text = dabyl(desk, "inbox", "show", "1", "--lang", "ru")
    tap.has(text, "уровень критичности 4: Информируются органы национальной безопасности (пункт 14).", "a level in Russian")
    tap.has(text, "TLP:AMBER: Для тех в организации получателя", "and what the marking means")
    text = dabyl(desk, "follow", "--after", "0", "--count", "1", "--timeout", "20", "--lang", "ru")
    tap.has(text, "УРОВЕНЬ 4  уведомление об инциденте информационной безопасности (incident.notice)  от isoc-energy", "follow in Russian")
    text = dabyl(desk, "inbox", "--lang", "de", code=2)
    tap.has(text, "--lang takes kk, ru or en, not 'de'", "a language that is not spoken is wrong use")
    text = dabyl(desk, "inbox", DABYL_LANG="de_DE.UTF-8")
    tap.has(text, "LEVEL 4  incident.notice  from isoc-energy", "but a locale like that means English")

sys.exit(tap.finish())
