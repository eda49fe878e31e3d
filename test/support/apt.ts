/** Knows how tests install Debian's packages on machines made for them: once, one at a time. */

import { spawnSync } from 'node:child_process';

/**
 * Tests run side by side, and several may miss a program at the same moment: whoever had to wait
 * looks again first. A package's own service is not started: a policy forbids it meanwhile.
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
 * Installs the package that brings the program, unless it is here. Answers whether it is here now:
 * never without root and apt, where a person decides what is installed.
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
