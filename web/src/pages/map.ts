/** The map of territories, where the operator chose one. All that it shows stands in the list of territories too. */
import { Map as LeafletMap, control, divIcon, latLngBounds, marker, tileLayer } from 'leaflet';

interface Pin {
  readonly number: number;
  readonly title: string;
  readonly page: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Nearest that a map of one single place is drawn. */
const CLOSE = 16;
/** Side of a pin in CSS pixels: as large as a finger. */
const TARGET = 44;

function pinned(pin: Pin): ReturnType<typeof marker> {
  const icon = divIcon({ className: 'pin', html: plain(String(pin.number)), iconSize: [TARGET, TARGET] });
  const link = document.createElement('a');
  link.href = pin.page;
  link.textContent = `${pin.number}. ${pin.title}`;
  return marker([pin.latitude / 1e6, pin.longitude / 1e6], { icon, title: pin.title, alt: pin.title, keyboard: true }).bindPopup(link);
}

/** An element that holds this text and nothing else. */
function plain(text: string): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  return element;
}

/** Names the button that closes a popup in the page's language: the library has English words for it only. */
function nameClosing(popup: HTMLElement | undefined, name: string | undefined): void {
  if (name !== undefined) popup?.querySelector('.leaflet-popup-close-button')?.setAttribute('aria-label', name);
}

function draw(place: HTMLElement, pins: readonly Pin[]): void {
  place.hidden = false;
  place.setAttribute('role', 'region');
  place.setAttribute('aria-label', place.dataset['label'] ?? '');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const { zoomIn, zoomOut } = place.dataset;
  const map = new LeafletMap(place, { zoomControl: false, scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still });
  control.zoom({ ...(zoomIn && { zoomInTitle: zoomIn }), ...(zoomOut && { zoomOutTitle: zoomOut }) }).addTo(map);
  map.on('popupopen', ({ popup }) => nameClosing(popup.getElement(), place.dataset['close']));
  map.attributionControl.setPrefix(false);
  // The attribution is set as markup by the library, so it gets the text with everything of markup taken out.
  tileLayer(place.dataset['tiles'] ?? '', { attribution: plain(place.dataset['attribution'] ?? '').innerHTML, maxZoom: 19 }).addTo(map);
  const markers = pins.map((pin) => pinned(pin).addTo(map));
  map.fitBounds(latLngBounds(markers.map((one) => one.getLatLng())).pad(0.2), { maxZoom: CLOSE });
}

const place = document.getElementById('map');
const pins = document.getElementById('pins')?.textContent;
if (place && pins) draw(place, JSON.parse(pins) as Pin[]);
