import { useState } from 'preact/hooks';

import { announce } from '../ui/announcer.js';

interface CopyButtonProps {
  readonly text: string;
  /** What it is. */
  readonly of: string;
}

export function CopyButton({ text, of }: CopyButtonProps) {
  const [said, setSaid] = useState(`Copy ${of}`);
  // Without TLS there is no clipboard, but at this host.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return null;
  const copy = () => {
    clipboard.writeText(text).then(
      () => {
        setSaid('Copied');
        announce(`${of} copied.`);
      },
      () => {
        setSaid('Not allowed to copy');
      },
    );
  };
  return (
    <button type="button" onClick={copy}>
      {said}
    </button>
  );
}
