// Each figure is JSON in a script element that no browser runs; here it is drawn where it stands.
const CONFIG = { responsive: true, displaylogo: false, plotlyServerURL: "", modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]] };
const plots = [...document.querySelectorAll("script[type='application/json']")].map((source) => {
  const { data, layout } = JSON.parse(source.textContent);
  Plotly.newPlot(source.previousElementSibling, data, layout, CONFIG);
  return source.previousElementSibling;
});
// Paper is narrower than a screen, and plotly.js does not ask how wide it is.
const PAPER = 690;
window.addEventListener("beforeprint", () => plots.forEach((plot) => Plotly.relayout(plot, { width: PAPER })));
window.addEventListener("afterprint", () => plots.forEach((plot) => Plotly.relayout(plot, { width: null, autosize: true })));
