// What the page does and when, for bench.sfu.start: [name, milliseconds] in `marks`.
const marks = [];
window.marks = marks;
const mark = (name, at = performance.now()) => marks.push([name, performance.timeOrigin + at]);

const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
  if (typeof data === "string") mark(JSON.parse(data).type);
  return send.call(this, data);
};
const Socket = WebSocket;
window.WebSocket = class extends Socket {
  constructor(...all) {
    super(...all);
    this.addEventListener("message", ({ data }) => {
      const { type, people } = JSON.parse(data);
      if (type === "subscribe_offer") mark("offered");
      else if (type === "published") mark("published");
      else if (people?.some((one) => one.seat === "on_stage")) mark("on_stage");
    });
  }
};

const Connection = RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(...all) {
    super(...all);
    this.addEventListener("connectionstatechange", () => mark(this.connectionState));
  }
};

// A tile's picture: when the packets of its first one had come, and when it was shown.
const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
  ...source,
  set(stream) {
    source.set.call(this, stream);
    if (!stream || !(this instanceof HTMLVideoElement)) return;
    this.requestVideoFrameCallback((now, { receiveTime }) => {
      if (receiveTime === undefined) return; // one's own camera
      mark("received", receiveTime);
      mark("shown", now);
    });
  },
});

// A moderator in a socket of this page, who sits on stage without devices.
window.moderate = (link) =>
  new Promise((done) => {
    const { pathname, hash } = new URL(link);
    const token = new URLSearchParams(hash.slice(1)).get("token");
    const socket = new Socket(`/api/rooms/${pathname.split("/")[2]}/socket`);
    const people = new Map();
    const waiting = new Map();
    let id = 0;
    const ask = (type, fields) =>
      new Promise((resolve) => {
        waiting.set(++id, resolve);
        send.call(socket, JSON.stringify({ type, id, ...fields }));
      });
    socket.onopen = () => ask("enter", { name: "Mo", token });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      for (const one of message.view?.people ?? message.people ?? []) people.set(one.name, one.id);
      if (message.type === "welcome") done();
      waiting.get(message.id)?.(message);
    };
    window.invite = (name) => ask("invite", { person: people.get(name) });
    window.seatModerator = async () => {
      await window.invite("Mo");
      await ask("accept_offer", { microphone: false, camera: false });
    };
  });
