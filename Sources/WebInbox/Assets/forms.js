// Forms are sent once, and what cannot be taken back is asked about.

/** Guards every form that changes something. */
export function startForms() {
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event
    const question = submitter?.dataset.confirm
    if (question && !confirm(question)) { event.preventDefault(); return }
    if (event.defaultPrevented || form.method !== "post") return
    if (form.dataset.sent) { event.preventDefault(); return }
    form.dataset.sent = "yes"
  })
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent })
}
