import annotations from './de.annotations.json' with { type: 'json' };
import clinical from './de.clinical.json' with { type: 'json' };
import compare from './de.compare.json' with { type: 'json' };
import intake from './de.intake.json' with { type: 'json' };
import office from './de.office.json' with { type: 'json' };
import people from './de.people.json' with { type: 'json' };
import shortcuts from './de.shortcuts.json' with { type: 'json' };
import viewer from './de.viewer.json' with { type: 'json' };

export const messages = {
  ...annotations,
  ...clinical,
  ...compare,
  ...intake,
  ...office,
  ...people,
  ...shortcuts,
  ...viewer,
};
