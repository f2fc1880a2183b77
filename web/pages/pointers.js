// pointers - places in a document, by their JSON pointers: "/body/traces/0/file".

const steps = (pointer) => pointer.split("/").slice(1);

// What stands there, or undefined.
export function at(document, pointer) {
  return steps(pointer).reduce((found, step) => found?.[step], document);
}

// Write there; undefined takes away what stands there.
export function put(document, pointer, value) {
  const path = steps(pointer);
  const last = path.pop();
  let place = document;
  path.forEach((step, i) => {
    const next = path[i + 1] ?? last;
    place[step] ??= /^\d+$/.test(next) ? [] : {};
    place = place[step];
  });
  if (value !== undefined) place[last] = value;
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete place[last];
}

const isEmpty = (value) => value === undefined || value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);

function filled(value) {
  if (Array.isArray(value)) return value.map(filled).filter((one) => !isEmpty(one));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]).filter(([, one]) => !isEmpty(one)));
}

// What somebody has begun and left empty is not written.  A body there always is.
export const written = (document) => ({...filled(document), body: filled(document.body ?? {})});

// Whether `inner` lies in `outer`, or is it.
export const within = (inner, outer) => inner === outer || inner.startsWith(`${outer}/`);

// Where two documents differ: [{pointer, mine, theirs}], as deep as both are objects.
export function differences(mine, theirs, pointer = "") {
  if (JSON.stringify(mine) === JSON.stringify(theirs)) return [];
  const both = [mine, theirs].every((one) => one && typeof one === "object" && !Array.isArray(one));
  if (!both) return [{pointer, mine, theirs}];
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return names.flatMap((name) => differences(mine[name], theirs[name], `${pointer}/${name}`));
}
