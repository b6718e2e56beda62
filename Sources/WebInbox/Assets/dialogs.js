// The sheet of keys, and menus that close when somebody turns elsewhere.

/** Makes links with data-help open the keys, and Escape or a click elsewhere close an open menu. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const help = event.target.closest("[data-help]")
    if (help) {
      event.preventDefault()
      document.getElementById("keys").showModal()
    }
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target) || help) menu.open = false
  })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    const menu = event.target.closest(".menu[open], .act[open]")
    if (!menu) return
    menu.open = false
    menu.querySelector("summary").focus()
  })
}
