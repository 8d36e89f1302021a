import { FileScan, FolderOpen, type LucideIcon, Plus, ScanLine, Search, UserRound } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { explain } from '../api/api-error.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { type Choice, choicesOf, newChoicesOf, useFound } from './found.ts';
import './search-box.css';

const ICONS: Record<Choice['kind'], LucideIcon> = {
  patient: UserRound,
  case: FolderOpen,
  study: ScanLine,
  exam: FileScan,
  new: Plus,
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
  const [words, setWords] = useState('');
  /** How far the arrow keys have moved from the first choice. */
  const [moved, setMoved] = useState(0);
  const [isOpen, setOpen] = useState(false);
  /** Enter was pressed before the answer for the words has come. */
  const [isAwaited, setAwaited] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { found, error } = useFound(words);
  const choices = found ? choicesOf(found) : [];
  const isNothing = found !== undefined && choices.length === 0;
  const listed = isNothing && found ? newChoicesOf(found, words) : choices;
  const isShown = isOpen && words.trim() !== '';
  // What would be new is chosen on purpose: at first, none of it is.
  const first = isNothing ? -1 : 0;
  const active = first + moved;

  const open = ({ path }: Choice) => {
    setWords('');
    setOpen(false);
    setAwaited(false);
    // The keys are for the page that is opened.
    field.current?.blur();
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
      setWords('');
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
        aria-label={text('search.label')}
        aria-expanded={isShown}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isShown && listed[active] ? `${id}-${active}` : undefined}
        placeholder={text(isLarge ? 'search.fields' : 'search.search')}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        // biome-ignore lint/a11y/noAutofocus: the first page is there to find somebody
        autoFocus={isLarge}
        value={words}
        onChange={({ target }) => {
          setWords(target.value);
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
            text('search.searching')
          ) : isNothing ? (
            richText('search.nothing', { words: words.trim(), b: (content) => <b>{content}</b> })
          ) : (
            <span className="hidden">{text('search.found-count', { count: listed.length })}</span>
          )}
        </p>
        <div role="listbox" id={id} aria-label={text('search.found')}>
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
      {kind !== 'new' && <span className="search-box-kind">{text(`search-kind.${kind}`)}</span>}
    </div>
  );
}
