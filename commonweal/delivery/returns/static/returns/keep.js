// Keeps a line as it is typed: when a field is left, the form is sent quietly. Without script, "Save and carry on" does it.
const form = document.querySelector("form[data-keep]");
if (form) {
  const said = form.querySelector("[data-kept]");
  let sending = Promise.resolve();
  const keep = async () => {
    if (!form.elements.quantity.value.trim()) return;
    const given = new FormData(form);
    given.delete("evidence_file"); // a file goes with the button, so that it is sent once
    given.set("quietly", "yes");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: given });
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.version.value = (await answer.json()).version;
      said.textContent = said.dataset.words;
    } catch {
      said.textContent = said.dataset.not;
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") sending = sending.then(keep);
  });
  form.addEventListener("submit", async (event) => {
    if (form.dataset.waited) return;
    event.preventDefault(); // what is under way brings the version that this sending is written against
    const button = event.submitter;
    await sending;
    form.dataset.waited = "yes";
    form.requestSubmit(button);
  });
}
