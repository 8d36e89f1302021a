/** Whether a key is meant for a field or a question, and not for the page. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], [role=alertdialog]') !== null;
