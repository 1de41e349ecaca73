# Builds the image of docs/deploy/Containerfile as localhost/latchkey, without a daemon and without pulling an image: the
# stage that builds stands on a Debian from its mirror, with the Node and npm of this machine. Prints the size in bytes.
# usage: bash build.sh FOLDER
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
podman="podman --storage-driver vfs"
cd "$1"
mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm base.tar
cp "$(node -p process.execPath)" node
cp -r "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" npm
cp -L /etc/ssl/certs/ca-certificates.crt certificates.crt
cat > Containerfile << 'END'
FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV NPM_CONFIG_CAFILE=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
END
$podman build --quiet --isolation chroot --tag localhost/latchkey-base . > /dev/null
cd "$root"
$podman build --quiet --isolation chroot --format docker --build-arg BASE=localhost/latchkey-base \
  --file docs/deploy/Containerfile --tag localhost/latchkey . > /dev/null
$podman push --quiet localhost/latchkey "oci-archive:$1/image.tar"
stat --format %s "$1/image.tar"
