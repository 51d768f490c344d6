// @ts-check

/** A "disconnected" often mends itself; it is given this long. */
const PATIENCE = 4000;
/** A connection that has not come about by then is tried anew. */
const TO_CONNECT = 15_000;

/**
 * Call `broken` once when a connection has failed, has been disconnected for some seconds, or
 * does not come about. Not when it was closed.
 * @param {RTCPeerConnection} connection
 * @param {() => void} broken
 */
export function watchOver(connection, broken) {
  let done = false;
  /** @param {number} patience */
  const soon = (patience) =>
    setTimeout(() => {
      const state = connection.connectionState;
      if (done || state === "connected" || state === "closed" || state === "new") return;
      done = true;
      broken();
    }, patience);
  let timer = 0;
  connection.addEventListener("connectionstatechange", () => {
    clearTimeout(timer);
    const state = connection.connectionState;
    if (state === "failed") timer = soon(0);
    else if (state === "disconnected") timer = soon(PATIENCE);
    else if (state === "connecting") timer = soon(TO_CONNECT);
  });
}
