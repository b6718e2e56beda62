// What a screen reader is told about changes that nobody asked for.

let timer

/** Says `words` politely; of several in quick succession the last. */
export function say(words) {
  const region = document.getElementById("spoken")
  if (!region) return
  clearTimeout(timer)
  region.textContent = ""
  timer = setTimeout(() => { region.textContent = words }, 150)
}
