// The progress of a job, asked for every two seconds and told in its own words. Every page works without this file.

const PAUSE = 2000;
const PATIENCE = 5;

async function follow(place) {
  const bar = place.querySelector("[data-poll-bar]");
  const message = place.querySelector("[data-poll-message]");
  const link = place.querySelector("[data-poll-link]");
  let failures = 0;
  let state = null;

  while (failures < PATIENCE) {
    let job;
    try {
      const answer = await fetch(place.dataset.pollUrl, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      job = await answer.json();
      failures = 0;
    } catch {
      failures += 1;
      await new Promise((resume) => setTimeout(resume, PAUSE * failures));
      continue;
    }
    if (job.total > 0) {
      bar.max = job.total;
      bar.value = job.done;
    }
    // Only a change of state is spoken: a screen reader that hears every number is of no use to anyone.
    if (job.state !== state) {
      state = job.state;
      message.textContent = job.message;
    }
    if (state === "done" || state === "failed") {
      bar.hidden = true;
      if (job.html_url && new URL(job.html_url, location.href).origin === location.origin) {
        link.href = job.html_url;
        link.textContent = place.dataset.readOn;
        // Replaced, so that going back does not land on a job that is over.
        if (state === "done" && place.closest("[data-lead-on]")) location.replace(job.html_url);
      }
      return;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE));
  }
  message.textContent = place.dataset.lost;
}

for (const place of document.querySelectorAll("[data-poll-url]")) follow(place);
