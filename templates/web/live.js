// Live updates of a job page: fetches the page every second until the job has ended.
const PAUSE_MS = 1000;

/** @param {Document} fresh @param {string} id */
function replaceChanged(fresh, id) {
  const [here, there] = [document.getElementById(id), fresh.getElementById(id)];
  if (here === null || there === null || here.innerHTML === there.innerHTML) return;
  here.replaceChildren(...there.childNodes);
}

async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  replaceChanged(fresh, 'state');
  replaceChanged(fresh, 'live');
  return fresh.querySelector('#live[data-over]') !== null;
}

async function watch() {
  // Errors are ignored, because the server may be restarting.
  const over = await refresh().catch(() => false);
  if (!over) setTimeout(watch, PAUSE_MS);
}

setTimeout(watch, PAUSE_MS);
