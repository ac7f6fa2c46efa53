export const asJson = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
