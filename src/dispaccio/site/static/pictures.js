// Adding a picture without leaving the sheet. Without this script, the page of pictures does it.
"use strict";
(() => {
  const sheet = document.getElementById("sheet");
  const dialog = document.getElementById("picture");
  if (!sheet || !dialog?.showModal) return;
  const form = dialog.querySelector("form");
  const said = form.dataset;
  const trouble = form.querySelector(".trouble");
  const progress = form.querySelector("progress");
  const status = document.getElementById("picture-said");
  let sending = null;

  for (const button of document.querySelectorAll(".add-picture")) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => {
      say("");
      dialog.showModal();
    });
  }
  const hint = document.getElementById("save-first");
  if (hint) hint.hidden = true;
  form.querySelector(".cancel").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => sending?.abort());

  function say(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
  }
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  // The text has to be kept before, since a picture belongs to a draft.
  const kept = () => new Promise((done) => {
    sheet.dispatchEvent(new CustomEvent("keep", { detail: done }));
  });

  const sent = (data) => new Promise((done, failed) => {
    sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    sending.addEventListener("load", () => done(sending));
    for (const name of ["error", "abort"]) sending.addEventListener(name, () => failed(new Error(name)));
    sending.send(data);
  });

  // What the sheet shows of pictures, and what the checks say, as the wire has it now.
  async function renew() {
    const answer = await fetch(sheet.dataset.page);
    if (!answer.ok) return;
    const page = parsed(await answer.text());
    for (const id of ["pictures", "findings"]) {
      const now = page.getElementById(id);
      if (now) document.getElementById(id).replaceChildren(...now.childNodes);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (progress.hidden === false) return;
    say("");
    progress.value = 0;
    progress.hidden = false;
    try {
      if (!await kept()) {
        say(said.saidUnsaved);
        return;
      }
      const name = form.elements.file.files[0].name;
      const answer = await sent(new FormData(form));
      if (answer.status >= 400) {
        const why = parsed(answer.responseText).getElementById("trouble");
        say(why ? why.textContent.trim() : said.saidOffline);
        return;
      }
      await renew();
      for (const field of ["file", "alt", "caption"]) form.elements[field].value = "";
      status.textContent = said.saidAdded.replace("{name}", name);
      sending = null;
      dialog.close();
    } catch (error) {
      if (error.message !== "abort") say(said.saidOffline);
    } finally {
      sending = null;
      progress.hidden = true;
    }
  });
})();
