// Saving while somebody writes, and the checks as they write. Without this script, Save does it.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const state = document.getElementById("state");
  const said = form.dataset;
  const clock = new Intl.DateTimeFormat(document.documentElement.dataset.locale, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  let waiting = 0, busy = false, dirty = false, stopped = false;

  const say = (words, bad = false) => {
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("bad", bad);
  };
  const show = (id, html) => {
    const place = document.getElementById(id);
    if (place.innerHTML !== html) place.innerHTML = html;
  };
  const later = () => {
    dirty = true;
    clearTimeout(waiting);
    if (!stopped) waiting = setTimeout(save, 1200);
  };

  async function save() {
    if (busy || stopped || !dirty) return;
    busy = true;
    dirty = false;
    try {
      form.dispatchEvent(new Event("gather"));
      const answer = await fetch(said.autosave, {
        method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error",
      });
      if (answer.status === 401 || answer.status === 403) {
        dirty = true;
        say(said.saidOut, true);
      } else if (answer.headers.get("content-type") !== "application/json") {
        throw new Error();
      } else {
        taken(answer.status, await answer.json());
      }
    } catch {
      dirty = true;
      say(said.saidOffline, true);
    }
    busy = false;
    if (dirty && !stopped) waiting = setTimeout(save, 5000);
  }

  function taken(status, told) {
    if (status === 200) {
      if (form.elements.saved.value === "0") history.replaceState(null, "", said.page);
      form.elements.saved.value = said.saved = told.saved;
      say(said.saidSaved.replace("{time}", clock.format(new Date())));
      document.getElementById("dateline").textContent = told.dateline;
      show("findings", told.checks);
      show("time", told.time);
    } else if (status === 409) {
      stopped = true;
      say(told.code === "draft-conflict" ? said.saidConflict : said.saidEnded, true);
    } else {
      say(told.message || said.saidOffline, true);
    }
  }

  // Whoever needs the draft to be kept now is told whether it is.
  form.addEventListener("keep", async (event) => {
    clearTimeout(waiting);
    while (busy) await new Promise((go) => setTimeout(go, 50));
    if (said.saved === "0") dirty = true;
    await save();
    event.detail(said.saved !== "0" && !dirty);
  });
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(waiting);
    form.dispatchEvent(new Event("gather"));
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !stopped) event.preventDefault();
  });
})();
