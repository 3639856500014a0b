// Make the chat form quicker: turns without loading the page anew, a quick exit, and storage for this tab only.
// Whatever fails here falls back to what the page does without JavaScript: it sends the form.
"use strict";

(() => {
  const KEY = "conversation";
  const MOST_SECONDS = 15;
  const TAPS = 3;
  const TAP_SECONDS = 3;
  const find = (selector, root = document) => root.querySelector(selector);
  const pageLanguage = document.body.dataset.language;
  const leaveLink = find("#leave");
  const history = find("#history");
  document.documentElement.classList.add("js");

  // The id of the conversation: in sessionStorage, or only in this page where storage is refused.
  const id = (() => {
    let own = null;
    const storage = (use) => {
      try {
        return use(window.sessionStorage);
      } catch {
        return null;
      }
    };
    return {
      get: () => storage((s) => s.getItem(KEY)) ?? own,
      set: (value) => {
        own = value;
        storage((s) => s.setItem(KEY, value));
      },
      forget: () => {
        own = null;
        storage((s) => s.removeItem(KEY));
      },
    };
  })();

  // ---- Leave this page: at once, without a way back, and with the conversation deleted ----

  function leave(event) {
    event?.preventDefault();
    document.documentElement.classList.add("left");
    document.title = "\u00a0";
    const form = new FormData();
    if (id.get()) form.append(KEY, id.get());
    id.forget();
    fetch("/chat/clear", { method: "POST", body: new URLSearchParams(form), keepalive: true, redirect: "manual" }).catch(() => {});
    window.location.replace(leaveLink.href);
  }

  function listenForShift() {
    let taps = 0;
    let timer;
    let alone = false;
    const reset = () => {
      taps = 0;
      clearTimeout(timer);
    };
    document.addEventListener("keydown", (event) => {
      alone = event.key === "Shift";
      if (!alone) reset();
    });
    document.addEventListener("keyup", (event) => {
      if (event.key !== "Shift" || !alone) return;
      alone = false;
      taps += 1;
      clearTimeout(timer);
      timer = setTimeout(reset, TAP_SECONDS * 1000);
      if (taps === TAPS) leave();
    });
  }

  leaveLink.addEventListener("click", leave);
  listenForShift();
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.classList.contains("left")) window.location.reload();
  });

  const compose = find("#compose");
  if (!compose) return;

  const box = find("#message");
  const send = find(".send");
  const log = find("#log");
  const talk = find("ol", log);
  const status = find("#status");
  const links = new RegExp(document.body.dataset.links, "gi");
  let waiting = null;
  let isLeaving = false;
  let hadCrisis = Boolean(find(".answer.crisis", history));

  // ---- Drawing: every part is a copy of one in a <template> ----

  const words = (language) => find(`template[data-language="${language}"]`) ?? find("template[data-language]");
  const part = (language, name) => find(`[data-part="${name}"]`, words(language).content).cloneNode(true);

  function telephone(number) {
    if (!number) return null;
    const [main, extension] = number.split("ext").map((text) => text.replace(/\D/g, ""));
    const full = main.length === 11 ? `+${main}` : main.length === 10 ? `+1${main}` : main;
    return extension ? `tel:${full};ext=${extension}` : `tel:${full}`;
  }

  function linked(text) {
    const paragraph = document.createElement("p");
    paragraph.className = "bubble";
    let end = 0;
    for (const match of text.matchAll(links)) {
      const link = document.createElement("a");
      link.href = match[1] ?? (match[2] ? `https://${match[2]}` : telephone(match[3]));
      link.rel = "noopener noreferrer";
      link.textContent = match[0];
      paragraph.append(text.slice(end, match.index), link);
      end = match.index + match[0].length;
    }
    paragraph.append(text.slice(end));
    return paragraph;
  }

  function fill(element, values) {
    for (const row of element.querySelectorAll("[data-row]")) {
      const value = values[row.dataset.row];
      if (!value || value.length === 0) row.remove();
    }
    for (const place of element.querySelectorAll("[data-text]")) place.textContent = values[place.dataset.text] ?? "";
    for (const place of element.querySelectorAll("[data-href]")) place.setAttribute("href", values[place.dataset.href] ?? "");
    for (const list of element.querySelectorAll("[data-list]")) {
      list.replaceChildren(
        ...values[list.dataset.list].map((text) => {
          const item = document.createElement("li");
          item.textContent = text;
          return item;
        }),
      );
    }
    return element;
  }

  function drawCard(step, language, isFound) {
    const { reach, service, source } = step;
    const own = words(language).dataset;
    const date = new Intl.DateTimeFormat(language === "es" ? "es-US" : "en-US", { dateStyle: "long", timeZone: "UTC" });
    return fill(part(language, "card"), {
      ...step,
      ...reach,
      when: isFound ? null : own[step.when],
      host: new URL(reach.url).hostname,
      service: service.name,
      agency: service.agency,
      why: [step.why, step.because].filter(Boolean).join(" "),
      page_in_english: reach.english_only.includes("page") ? own.inEnglish : null,
      phone_in_english: reach.english_only.includes("phone") ? own.inEnglish : null,
      phone_link: telephone(reach.phone),
      tty_link: telephone(reach.tty),
      source: source.url,
      checked: own.checked.replace("{date}", date.format(new Date(`${source.reviewed_on}T00:00:00Z`))),
    });
  }

  function drawSaid(text, isNote = false) {
    const item = fill(part(pageLanguage, "said"), { text });
    item.classList.toggle("note", isNote);
    return item;
  }

  function drawChoices(reply) {
    const form = part(reply.language, "choices");
    const button = find("button", form);
    button.replaceWith(
      ...reply.choices.map((choice) => {
        const copy = button.cloneNode();
        copy.value = choice.id;
        copy.textContent = choice.label;
        return copy;
      }),
    );
    return form;
  }

  function drawAnswer(reply, isLast) {
    const { language, outcome, path } = reply;
    const item = part(language, "answer");
    item.classList.add(outcome);
    if (language !== pageLanguage) item.lang = language;
    item.replaceChildren(item.firstElementChild);
    const steps = path?.steps ?? [];
    const parts = reply.messages.map((message) => message.part);
    const texts = reply.messages.filter((message) => !(steps.length && message.part === "steps")).map((message) => linked(message.text));
    let head = parts.includes("steps") ? parts.indexOf("steps") : parts.filter((name) => name === "opening").length;
    if (!steps.length) head = texts.length;
    item.append(...texts.slice(0, head));
    if (steps.length) {
      const cards = part(language, "cards");
      cards.append(...steps.map((step) => drawCard(step, language, path.event === null)));
      item.append(cards);
    }
    item.append(...texts.slice(head));
    hadCrisis ||= outcome === "crisis";
    if (!isLast) return item;
    if (reply.choices.length) item.append(drawChoices(reply));
    if (outcome === "path" && steps.length && !path.ask && !hadCrisis && !isAboutDeath(reply)) {
      const form = part(language, "feedback");
      form.elements.turn.value = reply.turn;
      item.append(form);
    }
    return item;
  }

  const isAboutDeath = (reply) => [reply.event, ...reply.also].some((slug) => slug?.startsWith("death"));

  function drawTurns(turns) {
    const own = words(pageLanguage).dataset;
    return turns.flatMap(({ number, text, reply }) => {
      const isNote = text === null && number > 0;
      const said = isNote ? (reply.outcome === "crisis" ? own.notKept : own.selected) : text;
      const drawn = drawAnswer(reply, number === turns.at(-1).number);
      return said ? [drawSaid(said, isNote), drawn] : [drawn];
    });
  }

  // ---- Turns ----

  async function call(address, method, body) {
    waiting = new AbortController();
    const timer = setTimeout(() => waiting?.abort(), MOST_SECONDS * 1000);
    try {
      return await fetch(address, {
        method,
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body ? JSON.stringify(body) : undefined,
        signal: waiting.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function begin() {
    const response = await call("/api/conversations", "POST", { language: pageLanguage, channel: "web" });
    if (!response.ok) throw new Error(`a conversation could not begin: ${response.status}`);
    id.set((await response.json()).id);
  }

  async function takeTurn(body) {
    if (!id.get()) await begin();
    let response = await call(`/api/conversations/${encodeURIComponent(id.get())}/turns`, "POST", body);
    if (response.status === 404) {
      await begin();
      response = await call(`/api/conversations/${encodeURIComponent(id.get())}/turns`, "POST", body);
    }
    const { reply } = await response.json();
    if (!reply) throw new Error(`a turn was not answered: ${response.status}`);
    return reply;
  }

  // Send a form as a page without JavaScript does, in the conversation at hand.
  function submitPlainly(form, extra = {}) {
    const values = id.get() ? { ...extra, [KEY]: id.get() } : extra;
    for (const [name, value] of Object.entries(values)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.submit();
  }

  function setBusy(isBusy) {
    status.textContent = isBusy ? status.dataset.busy : "";
    status.classList.toggle("busy", isBusy);
    send.setAttribute("aria-disabled", String(isBusy));
  }

  function showFrom(item) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    item.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  async function onTurn(event) {
    const form = event.target;
    const button = event.submitter;
    event.preventDefault();
    if (status.classList.contains("busy")) return;
    if (navigator.onLine === false) {
      status.textContent = status.dataset.offline;
      return;
    }
    const extra = button?.name ? { [button.name]: button.value } : {};
    const typed = box.value;
    const body = button?.name ? extra : { text: typed };
    const said = drawSaid((button?.name ? button.textContent : typed).trim());
    setBusy(true);
    if (find(".bubble", said).textContent) talk.append(said);
    if (form === compose) box.value = "";
    const touch = window.matchMedia("(pointer: coarse)").matches;
    (touch && form !== compose ? log : box).focus({ preventScroll: true });
    try {
      const reply = await takeTurn(body);
      for (const old of document.querySelectorAll("main .choices, main .feedback, main .thanks, main .notice")) old.remove();
      compose.classList.add("begun");
      talk.append(drawAnswer(reply, true));
      setBusy(false);
      showFrom(said.isConnected ? said : talk.lastElementChild);
    } catch {
      if (form === compose) box.value = typed;
      if (!isLeaving) submitPlainly(form, extra);
    }
  }

  async function onFeedback(event) {
    event.preventDefault();
    const form = event.target;
    const helped = event.submitter?.value ?? "yes";
    const own = words(form.elements.language.value).dataset;
    try {
      const body = { turn: Number(form.elements.turn.value), helped: helped === "yes" };
      const response = await call(`/api/conversations/${encodeURIComponent(id.get())}/feedback`, "POST", body);
      if (!response.ok) throw new Error(`feedback was not kept: ${response.status}`);
      const thanks = document.createElement("p");
      thanks.className = "thanks";
      thanks.textContent = own[helped];
      if (form.closest("#log") === null) thanks.setAttribute("role", "status");
      form.replaceWith(thanks);
      box.focus({ preventScroll: true });
    } catch {
      submitPlainly(form, { helped });
    }
  }

  async function onClear(event) {
    event.preventDefault();
    const form = event.target;
    isLeaving = true;
    waiting?.abort();
    const own = id.get();
    try {
      if (own) await call(`/api/conversations/${encodeURIComponent(own)}`, "DELETE");
    } catch {
      // The form asks for the same once more.
    }
    submitPlainly(form);
    id.forget();
  }

  async function onLanguage(event) {
    event.preventDefault();
    const link = event.currentTarget;
    isLeaving = true;
    if (id.get() && !status.classList.contains("busy")) {
      try {
        await takeTurn({ text: link.textContent.trim() });
      } catch {
        // The page is shown in the other language all the same.
      }
    }
    window.location.replace(link.href);
  }

  // ---- Start ----

  async function restore() {
    const served = history.dataset.conversation;
    if (!id.get() && served) id.set(served);
    if (!id.get() || id.get() === served) return;
    try {
      const response = await call(`/api/conversations/${encodeURIComponent(id.get())}`, "GET");
      if (response.status === 404) {
        id.forget();
        return;
      }
      const { turns } = await response.json();
      hadCrisis = turns.some((turn) => turn.reply.outcome === "crisis");
      history.replaceChildren(...drawTurns(turns));
      compose.classList.toggle("begun", turns.length > 1);
      const saids = history.querySelectorAll(".said");
      (saids[saids.length - 1] ?? history).scrollIntoView({ block: "start" });
    } catch {
      // The conversation goes on, though what was said before cannot be shown right now.
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-turn]")) onTurn(event);
    else if (event.target.matches(".feedback")) onFeedback(event);
    else if (event.target.matches("#clear")) onClear(event);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      compose.requestSubmit();
    }
  });
  for (const link of document.querySelectorAll(".language")) link.addEventListener("click", onLanguage);
  restore();
})();
