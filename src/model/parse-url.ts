/** `undefined`: it is no URL. (`URL.canParse` of Node 20 takes latin1 for UTF-8 once the engine has compiled its caller.) */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
