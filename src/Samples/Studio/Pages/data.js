// Step 1: which file, what it holds, and what is wrong with it.
import { api } from "./api.js";
import { choice, go, keep } from "./app.js";
import { chart } from "./chart.js";
import { alert, count, facts, h, number, some, table } from "./dom.js";

export async function showData(page) {
    const found = h("section", { class: "found", "aria-live": "polite" });
    const pick = h("section", { class: "pick" });
    page.append(
        h("h1", {}, "Your data"),
        h("p", { class: "lead" }, "A CSV file with a line of column names, or a Parquet or Arrow file. It stays on this computer."),
        pick,
        found,
    );
    await drawFiles(pick, found);
    if (choice.file) await open(choice.file, found, true);
}

async function drawFiles(pick, found) {
    const { folder, files, samples } = await api.files();
    const input = h("input", {
        type: "file",
        id: "file",
        accept: ".csv,.gz,.txt,.tsv,.parquet,.pq,.arrow,.arrows,.feather",
        class: "hidden-input",
        onchange: () => input.files[0] && upload(input.files[0]),
    });
    const problem = h("div", {});
    const drop = h(
        "label",
        { class: "drop", for: "file", ondragover: over, ondragleave: out, ondrop: dropped },
        h("strong", {}, "Choose a file"),
        h("span", {}, "or drop it here. It is copied into the folder of the studio."),
    );
    const upload = async file => {
        problem.replaceChildren(h("p", { class: "soft" }, `Copying ${file.name} …`));
        try {
            const { name } = await api.upload(file);
            await take(name);
        } catch (error) {
            problem.replaceChildren(alert(error.message));
        }
    };
    const take = async name => {
        keep({ file: name, run: null, done: false, question: null });
        await drawFiles(pick, found);
        await open(name, found, false);
    };
    function over(event) {
        event.preventDefault();
        drop.classList.add("over");
    }
    function out() {
        drop.classList.remove("over");
    }
    function dropped(event) {
        event.preventDefault();
        out();
        if (event.dataTransfer.files[0]) upload(event.dataTransfer.files[0]);
    }
    const button = (name, what, act) =>
        h(
            "button",
            { type: "button", class: "file", "aria-pressed": name === choice.file ? "true" : "false", onclick: act },
            h("b", {}, name),
            h("span", {}, what),
        );
    pick.replaceChildren(
        h("div", {}, input, drop, problem),
        h(
            "div",
            {},
            files.length
                ? [
                      h("h2", {}, "In the folder"),
                      h("p", { class: "soft path" }, folder),
                      h(
                          "div",
                          { class: "files" },
                          files.slice(0, 30).map(file => button(file.name, size(file.bytes), () => take(file.name))),
                      ),
                  ]
                : null,
        ),
        h(
            "div",
            {},
            h("h2", {}, "To try"),
            h(
                "div",
                { class: "files" },
                samples.map(sample => button(sample.name, sample.what, async () => take((await api.sample(sample.name)).name))),
            ),
        ),
    );
}

const size = bytes => (bytes < 1e6 ? `${number(bytes / 1e3, 3)} kB` : `${number(bytes / 1e6, 3)} MB`);

async function open(file, found, known) {
    found.replaceChildren(h("p", { class: "soft" }, `Reading ${file} …`));
    let summary;
    try {
        summary = await api.data(file, known ? choice.question?.time : null, known ? (choice.question?.series ?? null) : null);
    } catch (error) {
        found.replaceChildren(h("h2", {}, file), alert(error.message));
        keep({ file: null });
        return;
    }
    const wrong = summary.columns.filter(column => column.problems.length > 0);
    found.replaceChildren(
        h("h2", {}, file),
        facts(
            [summary.isCut ? "rows, the first" : "rows", count(summary.rows)],
            ["columns", summary.columns.length],
            summary.seriesCount > 1 ? ["series", count(summary.seriesCount)] : null,
            ["steps", summary.frequency ? summary.frequency : summary.suggested.kind === "classify" ? "sequences" : "rows"],
            summary.range.length ? ["from", summary.range[0]] : null,
            summary.range.length ? ["to", summary.range[1]] : null,
            summary.missingSteps ? ["missing steps", count(summary.missingSteps)] : null,
        ),
        summary.isCut
            ? alert(
                  `The file has more rows. This page looked at the first ${count(summary.rows)}: what it says and draws is of them. ` +
                      "All rows are read when training starts.",
                  "warn",
              )
            : "",
        summary.problem && summary.suggested.kind === "forecast" ? alert(summary.problem, "warn") : "",
        wrong.length
            ? alert(
                  h(
                      "div",
                      {},
                      h("b", {}, `${some(wrong.length, "column has", "columns have")} cells that cannot be read as they are.`),
                      " They are named below. Correct them in the file and choose it again, or leave these columns out.",
                  ),
                  "warn",
              )
            : "",
        columns(summary),
        summary.plots.length && summary.suggested.kind === "forecast" ? plots(summary) : "",
        summary.notes.length
            ? h(
                  "details",
                  { class: "notes" },
                  h("summary", {}, "How the file was read"),
                  h(
                      "ul",
                      {},
                      summary.notes.map(note => h("li", {}, note)),
                  ),
              )
            : "",
        h(
            "p",
            { class: "next" },
            h("button", { type: "button", class: "primary", onclick: () => go("#/question") }, "Next: the question"),
        ),
    );
}

function columns(summary) {
    const shown = summary.columns.slice(0, 60);
    return h(
        "div",
        {},
        table(
            "Columns",
            ["column", "holds", "values", "empty"],
            shown.map(column => ({
                row: column.problems.length ? { class: "wrong" } : {},
                cells: [
                    column.name,
                    { number: "numbers", time: "times", text: "text" }[column.kind],
                    h(
                        "div",
                        {},
                        values(column),
                        column.problems.map(problem => h("p", { class: "problem" }, problem)),
                    ),
                    column.missing ? count(column.missing) : "0",
                ],
            })),
            { class: "columns" },
        ),
        summary.columns.length > shown.length
            ? h("p", { class: "soft" }, `And ${summary.columns.length - shown.length} more columns.`)
            : "",
    );
}

const values = column =>
    column.kind === "number" && Number.isFinite(column.low)
        ? `${number(column.low)} to ${number(column.high)}, mean ${number(column.mean)}`
        : column.kind === "text"
          ? `${some(column.distinct, "value")}: ${column.examples.join(", ")}`
          : column.examples.join(", ");

function plots(summary) {
    const names = summary.plots.map(plot => plot.name),
        first = summary.suggested.targets[0];
    const holder = h("div", {});
    const draw = name => {
        const plot = summary.plots.find(one => one.name === name),
            single = plot.low.every((low, i) => low === plot.high[i]);
        holder.replaceChildren(
            chart({
                title: plot.series ? `${name}, series ${plot.series}` : name,
                height: 260,
                note: single ? "" : "Each point stands for several rows: the area is from the lowest to the highest value.",
                x: { values: plot.low.map((_, i) => i), texts: plot.times, name: summary.time ?? "row" },
                lines: single
                    ? [{ name, values: plot.low, kind: "c0" }]
                    : [
                          {
                              name: "middle",
                              values: plot.low.map((low, i) => (low === null ? null : (low + plot.high[i]) / 2)),
                              kind: "c0",
                              quiet: true,
                          },
                      ],
                bands: single ? [] : [{ name: "lowest to highest", low: plot.low, high: plot.high, kind: "c0", quiet: true }],
            }),
        );
    };
    const select = h(
        "select",
        { id: "plotted", onchange: () => draw(select.value) },
        names.map(name => h("option", { value: name }, name)),
    );
    select.value = names.includes(first) ? first : names[0];
    draw(select.value);
    return h("div", { class: "card" }, h("div", { class: "row" }, h("label", { for: "plotted" }, "Plot"), select), holder);
}
