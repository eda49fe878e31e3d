// Asks for its own page again until the work on it is over, and takes over what changed.
const PAUSE_MS = 1000;

/** @param {Document} fresh @param {string} id */
function takeOver(fresh, id) {
  const [here, there] = [document.getElementById(id), fresh.getElementById(id)];
  if (here === null || there === null || here.innerHTML === there.innerHTML) return;
  here.replaceChildren(...there.childNodes);
}

async function look() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  takeOver(fresh, 'state');
  takeOver(fresh, 'live');
  return fresh.querySelector('#live[data-over]') !== null;
}

async function watch() {
  // The server may be restarting: the page goes on asking.
  const over = await look().catch(() => false);
  if (!over) setTimeout(watch, PAUSE_MS);
}

setTimeout(watch, PAUSE_MS);
