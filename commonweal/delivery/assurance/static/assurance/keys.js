// Makes keys of people on the page itself, so that names are never sent. The same as commonweal/sources/person_keys.py.

const INSURANCE = /^([A-Z]{2}[0-9]{6})[A-D]?$/;
const BORN = /^(.*?)[\s,;]+(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{4}))$/s;

const PARTED = /[\s,;]/;

const plainly = (line) => line.trim().replaceAll("´", "'").normalize("NFKD").toUpperCase().replace(/\p{M}/gu, "");

// Whether a line has more than the surname before the day: the same person would have two keys.
export function isParted(line) {
  const born = BORN.exec(plainly(line));
  return born !== null && PARTED.test(born[1]);
}

export function toldApart(line) {
  const plain = plainly(line);
  const insured = INSURANCE.exec(plain.replace(/[^A-Z0-9]/g, ""));
  if (insured) return insured[1];
  const born = BORN.exec(plain);
  if (!born || PARTED.test(born[1])) return null;
  const surname = born[1].replace(/\P{L}/gu, "");
  const [year, month, day] = born[2] ? [born[2], born[3], born[4]] : [born[7], born[6], born[5]];
  const on = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const real = new Date(`${on}T00:00:00Z`);
  const isDay = Number(year) > 0 && !Number.isNaN(real.getTime()) && real.toISOString().startsWith(on);
  return [...surname].length >= 2 && isDay ? surname + on : null;
}

export async function keyOf(line, salt) {
  const apart = toldApart(line);
  if (apart === null) return null;
  const bytes = new TextEncoder();
  const hash = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(salt), hash, false, ["sign"]);
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(apart)));
  return [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const form = document.querySelector("form[data-keys]");
if (form && globalThis.crypto?.subtle) {
  const place = form.querySelector("[data-with-script]");
  const people = place.querySelector("textarea");
  const said = place.querySelector("[data-said]");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    const lines = people.value.split(/\r?\n/);
    const keys = await Promise.all(lines.map((line) => (line.trim() ? keyOf(line, form.dataset.salt) : "")));
    const wrong = keys.flatMap((key, index) => (key === null ? [index + 1] : []));
    const made = [...new Set(keys.filter(Boolean))];
    said.className = wrong.length || !made.length ? "govuk-error-message" : "";
    const why = wrong.some((number) => isParted(lines[number - 1])) ? form.dataset.alone : form.dataset.wanted;
    if (wrong.length) said.textContent = `${form.dataset.line} ${wrong.join(", ")}: ${why}`;
    else if (!made.length) said.textContent = form.dataset.none;
    else {
      said.textContent = "";
      form.elements.keys.value = made.join("\n");
      people.value = "";
      form.elements.keys.focus();
    }
  });
}
