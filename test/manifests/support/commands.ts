/** What a command of kubectl is about, and what it makes. */
export interface Named {
  readonly kind: string;
  readonly name: string;
}

const KINDS = new Map(
  Object.entries({
    configmap: 'ConfigMap',
    deployment: 'Deployment',
    job: 'Job',
    namespace: 'Namespace',
    pod: 'Pod',
    pvc: 'PersistentVolumeClaim',
    route: 'Route',
    secret: 'Secret',
    service: 'Service',
    statefulset: 'StatefulSet',
  }),
);

/** Made by hand: what there is to read from it is another question. */
const MAKES = /\bcreate (?:secret generic|configmap|namespace)\b/;

/** Every command of kubectl in a page, in a fence or in a sentence, each on one line. */
export function commandsIn(text: string): string[] {
  const fences = [...text.matchAll(/^ *```(?:sh|console)\n([^]*?)^ *```$/gm)].map(([, code = '']) => code);
  const prose = text.replace(/^ *```[^]*?^ *```$/gm, '');
  const inline = [...prose.matchAll(/`(kubectl [^`]+)`/g)].map(([, code = '']) => code);
  return [...fences, ...inline].flatMap((code) =>
    code
      .replace(/ *\\\n */g, ' ')
      .split('\n')
      .flatMap((line) => [...line.matchAll(/\bkubectl [^)|&;`]+/g)].map(([command]) => command.trim())),
  );
}

/** What a command expects to be there; nothing of what it names by a placeholder. */
export function expectedBy(command: string): Named[] {
  const [own = '', inside = ''] = command.replace(/<[^>]*>/g, '<>').split(' -- ');
  const words = own.split(/\s+/);
  const found: Named[] = [];
  const add = (kind: string | undefined, name: string | undefined) => {
    if (kind !== undefined && /^[a-z0-9][a-z0-9-]*$/.test(name ?? '')) found.push({ kind, name: name ?? '' });
  };
  words.forEach((word, at) => {
    const [kind = '', name] = word.split('/');
    const next = words[at + 1];
    if (name !== undefined) add(KINDS.get(kind), name);
    else if (!MAKES.test(own)) for (const each of namesAfter(words, at)) add(KINDS.get(word), each);
    if (word === '-c') add('container', next);
    if (word === 'token') add('ServiceAccount', next);
    if ((word === 'exec' || word === 'logs') && next?.includes('/') === false) add('Pod', next);
  });
  if (inside.startsWith('sprayproxy ')) add('command', inside.split(/\s+/)[1]);
  return found;
}

/** Names that follow a kind, up to the next option. */
function namesAfter(words: readonly string[], at: number): readonly string[] {
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith('-'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Secrets and ConfigMaps that a command makes, by name and keys. */
export function madeBy(command: string): (Named & { readonly keys: readonly string[] })[] {
  const [, kind = '', name = ''] = /\bcreate (secret generic|configmap) ([a-z0-9-]+)/.exec(command) ?? [];
  if (name === '') return [];
  const keys = [...command.matchAll(/--from-(?:literal|file)=([\w.-]+)=/g)].map(([, key = '']) => key);
  return [{ kind: kind === 'configmap' ? 'ConfigMap' : 'Secret', name, keys }];
}
