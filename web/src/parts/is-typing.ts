/** Whether a key press is for an input or a dialog, and not for the page. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], [role=alertdialog]') !== null;
