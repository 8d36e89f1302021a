import { FileScan, FolderOpen, type LucideIcon, Plus, ScanLine, Search, UserRound } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { explain } from '../api/api-error.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { type Choice, choicesOf, newChoicesOf, useFound } from './found.ts';
import './search-box.css';

const ICONS: Record<Choice['kind'], LucideIcon> = {
  Patient: UserRound,
  Case: FolderOpen,
  Study: ScanLine,
  Exam: FileScan,
  New: Plus,
};

interface SearchBoxProps {
  /** The large one of the first page has the focus. */
  isLarge?: boolean;
}

/**
 * One field for everything: a patient by name, number or birth date, a case, an exam, a study by its accession number.
 *
 * A combobox with a list (WAI-ARIA Authoring Practices, "Combobox"): arrow keys move in the list, Enter opens, Escape clears.
 */
export function SearchBox({ isLarge = false }: SearchBoxProps) {
  const [, go] = useLocation();
  const [text, setText] = useState('');
  /** How far the arrow keys have moved from the first choice. */
  const [moved, setMoved] = useState(0);
  const [isOpen, setOpen] = useState(false);
  /** Enter was pressed before the answer for the text has come. */
  const [isAwaited, setAwaited] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { found, error } = useFound(text);
  const choices = found ? choicesOf(found) : [];
  const isNothing = found !== undefined && choices.length === 0;
  const listed = isNothing && found ? newChoicesOf(found, text) : choices;
  const isShown = isOpen && text.trim() !== '';
  // What would be new is chosen on purpose: at first, none of it is.
  const first = isNothing ? -1 : 0;
  const active = first + moved;

  const open = ({ path }: Choice) => {
    setText('');
    setOpen(false);
    setAwaited(false);
    go(path);
  };
  const only = !isNothing && listed.length === 1 ? listed[0] : undefined;
  useEffect(() => {
    if (!isAwaited || !found) return;
    setAwaited(false);
    // Of several, nobody has seen yet which is the first.
    if (only) open(only);
  });
  useShortcuts({ search: () => field.current?.focus() });

  const onKeyDown = (event: KeyboardEvent) => {
    // The keys of an input method, such as Enter after a Japanese name, are not for the list.
    if (event.nativeEvent.isComposing) return;
    const chosen = listed[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const places = Math.max(1, listed.length - first);
      setMoved((moved + step + places) % places);
    } else if (event.key === 'Enter') {
      if (chosen) open(chosen);
      else if (!found) setAwaited(true);
      setOpen(true);
    } else if (event.key === 'Escape') {
      setText('');
      setAwaited(false);
    } else return;
    event.preventDefault();
  };
  return (
    <search className={`search-box ${isLarge ? 'large' : ''}`}>
      <Search size={isLarge ? 22 : 16} aria-hidden />
      <input
        ref={field}
        type="search"
        role="combobox"
        aria-label="Search the clinic"
        aria-expanded={isShown}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isShown && listed[active] ? `${id}-${active}` : undefined}
        placeholder={isLarge ? 'Name, number, birth date, case or accession number' : 'Search'}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        // biome-ignore lint/a11y/noAutofocus: the first page is there to find somebody
        autoFocus={isLarge}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setMoved(0);
          setAwaited(false);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {/* A press of the mouse must not take the focus from the field, or the list would close before the click. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it prevents a default, and does nothing by itself */}
      <div className="search-box-list" hidden={!isShown} onMouseDown={(event) => event.preventDefault()}>
        <p className="search-box-state" role="status">
          {error ? (
            explain(error)
          ) : found === undefined ? (
            'Searching …'
          ) : isNothing ? (
            <>
              Nobody and nothing is found by <b>{text.trim()}</b>.
            </>
          ) : (
            <span className="hidden">{listed.length} found</span>
          )}
        </p>
        <div role="listbox" id={id} aria-label="Found">
          {listed.map((choice, index) => (
            <Option
              key={choice.path + choice.kind}
              id={`${id}-${index}`}
              choice={choice}
              isActive={index === active}
              onPoint={() => setMoved(index - first)}
              onOpen={() => open(choice)}
            />
          ))}
        </div>
      </div>
    </search>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  isActive: boolean;
  onPoint: () => void;
  onOpen: () => void;
}

function Option({ id, choice: { kind, title, details }, isActive, onPoint, onOpen }: OptionProps) {
  const Icon = ICONS[kind];
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, and names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
    <div
      role="option"
      id={id}
      aria-selected={isActive}
      className="search-box-option"
      onMouseMove={onPoint}
      onClick={onOpen}
    >
      <Icon size={18} aria-hidden />
      <span>
        <b>{title}</b>
        <span className="search-box-details">{details}</span>
      </span>
      {kind !== 'New' && <span className="search-box-kind">{kind}</span>}
    </div>
  );
}
