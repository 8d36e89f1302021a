import { pageConfig } from '../page-config.ts';

/** What a clinic that has no images of today can do first. */
export const HowToBegin = () => (
  <div className="how-to-begin">
    <h3>Nothing has arrived today</h3>
    <ol>
      <li>
        <b>Find the patient</b> above, by name, number or birth date. A number that is new is registered with
        name and birth date.
      </li>
      <li>
        <b>Make a batch</b> for the visit, and drop photographs into it, or take them with the phone.
      </li>
      <li>
        <b>Send DICOM</b> from devices to <code>{location.origin}/dicom-web/studies</code>, or through the
        gateway.
      </li>
    </ol>
    {pageConfig().onLaptop && (
      <p>
        To look around first, run <code>npm run seed</code> in another terminal: it makes sample patients with
        images.
      </p>
    )}
  </div>
);
