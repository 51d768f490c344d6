// A page that receives what a server offers, for bench.sfu.screen.
window.answer = async (sdp) => {
  const connection = new RTCPeerConnection();
  window.connection = connection;
  connection.ontrack = ({ track }) => {
    if (track.kind === "video")
      document.querySelector("video").srcObject = new MediaStream([track]);
  };
  await connection.setRemoteDescription({ type: "offer", sdp });
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
};

window.figures = async () => {
  const found = {};
  for (const one of (await window.connection.getStats()).values())
    if (one.type === "inbound-rtp" && one.packetsReceived) found[one.kind] = one;
  return found;
};
