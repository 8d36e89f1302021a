import { Languages } from 'lucide-react';
import type { Language } from '../../../lib/domain/clinic.ts';
import { keepLanguage, LANGUAGE, LANGUAGES } from './language.ts';
import './language-select.css';
import { text } from './text.ts';

/** The choice of the page's language. */
export const LanguageSelect = () => (
  <label className="language-select" title={text('top-bar.language')}>
    <Languages size={16} aria-hidden />
    <select
      aria-label={text('top-bar.language')}
      value={LANGUAGE}
      onChange={({ target }) => {
        keepLanguage(target.value as Language);
        location.reload();
      }}
    >
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <option key={language} value={language} lang={language}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
