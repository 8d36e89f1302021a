import annotations from './es.annotations.json' with { type: 'json' };
import clinical from './es.clinical.json' with { type: 'json' };
import intake from './es.intake.json' with { type: 'json' };
import office from './es.office.json' with { type: 'json' };
import shortcuts from './es.shortcuts.json' with { type: 'json' };

export const messages = { ...annotations, ...clinical, ...intake, ...office, ...shortcuts };
