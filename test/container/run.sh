# Runs localhost/latchkey as docs/deploy/README.md says, and prints what happened, one word and its value a line.
# It is run in a network namespace of its own, whose loopback address is "the host".
set -eu
ip link set lo up
podman="podman --storage-driver vfs --runtime $(command -v runc || command -v crun)"
files=$(ulimit -Hn)
trap '$podman rm --force latchkey-test > /dev/null; $podman volume rm latchkey-test > /dev/null' EXIT

# Limits that need no privilege to set: the ones that podman sets itself are higher than some machines allow.
$podman run --detach --name latchkey-test --read-only --cap-drop all --security-opt no-new-privileges \
  --ulimit "nofile=$files:$files" --ulimit nproc=1000:1000 \
  --env LATCHKEY_CLEARTEXT=allow --volume latchkey-test:/data --publish 127.0.0.1:8080:8080 localhost/latchkey > /dev/null
for _ in $(seq 200); do curl --silent --fail http://127.0.0.1:8080/healthz > /dev/null && break; sleep 0.2; done

issued=$($podman exec latchkey-test latchkey keys create --client my-app --create-client --scope data:read --json)
key=$(echo "$issued" | sed 's/.*"secret":"\([^"]*\)".*/\1/')
echo "call $(curl --silent --header "x-api-key: $key" http://127.0.0.1:8080/data)"
echo "keyless $(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8080/data)"
echo "user $($podman exec latchkey-test node --print 'process.getuid()')"
echo "shell $($podman exec latchkey-test node --print 'fs.existsSync("/bin/sh")')"
echo "write $($podman exec latchkey-test node --print 'try { fs.writeFileSync("/app/x", "") } catch ({ code }) { code }')"
echo "healthcheck $($podman healthcheck run latchkey-test > /dev/null 2>&1 && echo passed || echo failed)"
$podman stop --time 20 latchkey-test > /dev/null
echo "exit $($podman inspect --format '{{.State.ExitCode}}' latchkey-test)"
