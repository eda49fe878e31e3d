/** Installs Debian packages for tests, once and one at a time, on machines made for tests. */

import { spawnSync } from 'node:child_process';

/**
 * Tests run in parallel, and several may miss a program at the same moment. Whoever waited for the
 * lock checks again first. A policy prevents the start of the package's own service.
 */
const SCRIPT = `
exec 9< /var/lib/dpkg
flock 9
command -v "$1" > /dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
for second in $(seq 120); do
  apt-get -qq update 2>&1 | grep -qi 'could not get lock\\|unable to lock' || break
  sleep 1
done
apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$2" > /dev/null
`;

/**
 * Installs the package that has the program, unless it is installed. Returns whether it is
 * installed now. Does nothing without root and apt, where the user decides what is installed.
 */
export function aptInstalls(program: string, fromPackage: string): boolean {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return false;
  process.stderr.write(`tests install ${fromPackage} with apt-get\n`);
  const { status } = spawnSync('sh', ['-c', SCRIPT, 'sh', program, fromPackage], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
