// @ts-check
/** The screen, a window or a tab, as the browser's own picker gives it. */
import { DeviceError } from "./devices.js";
import { t } from "./words.js";

export const SCREEN_FRAMES = 15; // a second: text is to be sharp rather than smooth

/** Whether the browser lets pages share a screen: those of phones do not. */
export const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

/**
 * Ask the person what to share. Resolves with null if they chose nothing; rejects with DeviceError.
 * @returns {Promise<MediaStreamTrack|null>}
 */
export async function chooseScreen() {
  const size = { width: { max: 1920 }, height: { max: 1080 } };
  try {
    const wish = { video: { ...size, frameRate: { max: SCREEN_FRAMES } }, audio: false };
    const [track] = (await navigator.mediaDevices.getDisplayMedia(wish)).getVideoTracks();
    track.contentHint = "detail";
    return track;
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    // The picker that was closed and the system's refusal have one name; Chromium says which it was.
    if (name === "NotAllowedError" && !/system/i.test(message)) return null;
    throw new DeviceError(
      name === "NotAllowedError"
        ? t("Your system does not let the browser share the screen. Allow it in the system's settings, then try again.")
        : t("Your screen cannot be shared just now. Choose another window, or try again."),
    );
  }
}
