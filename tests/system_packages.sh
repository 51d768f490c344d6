#!/bin/sh
# Makes sure of the Debian packages that the tests use: two browsers, virtual microphones, a virtual
# camera, a screen for windows, a reader of packets and a TURN server; and of those that are named.
# Installs what is missing where it may, otherwise names it and goes on: the tests that need it then
# say why they are skipped.
set -u

PACKAGES="chromium chromium-headless-shell firefox-esr fonts-dejavu-core fonts-noto-color-emoji
libportaudio2 libgl1 libglib2.0-0
pulseaudio pulseaudio-utils libasound2-plugins sox pipewire pipewire-bin pipewire-v4l2 wireplumber
dbus gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire xvfb xauth xdotool openbox
tshark coturn at-spi2-core python3-gi gir1.2-atspi-2.0 libegl1 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0
libxcb-xinerama0 libxcb-xkb1 libdbus-1-3 libfontconfig1 $*"

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "Not a Debian system; the tests use what these packages bring:" $PACKAGES
    exit 0
fi

missing=""
for package in $PACKAGES; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
echo "Installing with apt:$missing"
export DEBIAN_FRONTEND=noninteractive
case "$missing" in # the tests start a TURN server themselves: the machine is not to become one
*coturn*) [ ! -d /run/systemd/system ] || $as_root systemctl mask --quiet coturn.service ;;
esac
if $as_root apt-get update -qq >/dev/null &&
    $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null; then
    exit 0
fi
echo "Could not install them here. For all of the tests, run: apt-get install$missing"
[ -z "${CI:-}" ] # on CI nothing is skipped for want of a package
