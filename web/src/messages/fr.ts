import annotations from './fr.annotations.json' with { type: 'json' };
import clinical from './fr.clinical.json' with { type: 'json' };
import intake from './fr.intake.json' with { type: 'json' };
import office from './fr.office.json' with { type: 'json' };
import shortcuts from './fr.shortcuts.json' with { type: 'json' };

export const messages = { ...annotations, ...clinical, ...intake, ...office, ...shortcuts };
