// Single keys, for people who work here all day. Never while somebody types; they can be switched off (WCAG 2.1.4).

const setting = "suture-keys"
const sequence = 1200
const marker = "#key-"

let isAfterG = false

/** Listens to keys, and does what a key on the page before asked for. */
export function startKeys() {
  const box = document.getElementById("keys-on")
  if (box) {
    box.checked = areOn()
    box.addEventListener("change", () => localStorage.setItem(setting, box.checked ? "on" : "off"))
  }
  document.addEventListener("keydown", pressed)
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-open]")?.dataset.open
    if (!name) return
    event.preventDefault()
    activate(document.querySelector(`#${CSS.escape(name)} > summary`))
  })
  if (location.hash.startsWith(marker)) {
    const target = keyed(location.hash.slice(marker.length))
    history.replaceState(history.state, "", location.pathname + location.search)
    // What changes something is only shown, never done, by following an address.
    if (target?.matches("button")) target.focus()
    else if (target) activate(target)
  }
}

function areOn() { return localStorage.getItem(setting) !== "off" }

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest("input, textarea, select, [contenteditable], dialog") || !areOn()) return
  if (act(event.key)) event.preventDefault()
}

function act(key) {
  if (isAfterG) {
    isAfterG = false
    const link = document.querySelector(`[data-page-key="${CSS.escape(key)}"]`)
    if (link) { link.click(); return true }
  }
  switch (key) {
  case "g":
    isAfterG = true
    setTimeout(() => { isAfterG = false }, sequence)
    return true
  case "j": return move(1)
  case "k": return move(-1)
  case "?":
    document.getElementById("keys")?.showModal()
    return true
  case "/": return activate(keyed("/")) || go("/inbox#key-/")
  case "c": case "r": case "n": case "h": case "e": case "u": return activate(keyed(key)) || onRow(key)
  default: return false
  }
}

function currentRow() { return document.activeElement?.closest(".row") ?? document.querySelector(".row.selected") }

function keyed(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`
  const row = currentRow()
  if (row?.querySelector(selector)) return row.querySelector(selector)
  return [...document.querySelectorAll(selector)].find((element) => !element.closest(".row") && element.checkVisibility())
}

// On the list, a key of the thread's page opens the thread and goes on there.
function onRow(key) {
  const link = currentRow()?.querySelector(".row-link")
  return link && key !== "u" ? go(link.getAttribute("href") + marker + key) : false
}

function go(url) {
  location.assign(url)
  return true
}

function move(step) {
  const rows = [...document.querySelectorAll(".row")]
  if (rows.length === 0) return false
  const row = currentRow()
  const index = row ? Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1) : 0
  row?.classList.remove("selected")
  rows[index].classList.add("selected")
  rows[index].querySelector(".row-link").focus()
  rows[index].scrollIntoView({ block: "nearest" })
  return true
}

function activate(element) {
  if (!element) return false
  if (element.matches("summary")) {
    element.parentElement.open = true
    const field = element.parentElement.querySelector("textarea, select, input:not([type=hidden])")
    ;(field ?? element).focus()
  } else if (element.matches("button, a")) element.click()
  else element.focus()
  element.scrollIntoView({ block: "nearest" })
  return true
}
