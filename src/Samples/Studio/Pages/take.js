// Step 5: what the user takes along.
import { api } from "./api.js";
import { alert, h } from "./dom.js";

export async function showTake(page, id) {
    const run = await api.run(id);
    if (run.info.status !== "done") {
        page.append(
            h("h1", {}, "Take it"),
            alert("This run has nothing to take yet.", "warn"),
            h("p", {}, h("a", { href: `#/train/${id}` }, "To the training")),
        );
        return;
    }
    const answer = await api.answer(id),
        { kind } = run.info.question,
        shape = kind === "next" && (await api.shown(id, answer.models[0].name)).columns.length ? "numbers" : kind,
        cards = h("div", { class: "takes" });
    const draw = model =>
        cards.replaceChildren(
            ...things(kind, answer.seriesLeftOut ?? 0).map(([what, title, text, label]) =>
                h(
                    "section",
                    { class: `take ${what}` },
                    h("h2", {}, title),
                    h("p", {}, text),
                    h(
                        "a",
                        {
                            class: what === "project" ? "button primary" : "button",
                            href: api.take(id, model, what),
                            download: true,
                            onclick: event => fetched(event, page),
                        },
                        label,
                    ),
                ),
            ),
        );
    const chosen = answer.models.find(model => model.name === answer.recommended) ?? answer.models[0];
    const select = h(
        "select",
        { id: "taken", onchange: () => draw(select.value) },
        answer.models.map(model =>
            h(
                "option",
                { value: model.name, selected: model === chosen },
                model.name === answer.recommended ? `${model.name} (recommended)` : model.name,
            ),
        ),
    );
    page.append(
        h("h1", {}, "Take it with you"),
        h("p", { class: "lead" }, "Everything works without the studio."),
        h("div", { class: "row" }, h("label", { for: "taken" }, "Model"), select),
        h("div", { id: "refused" }),
        cards,
        h(
            "section",
            { class: "card" },
            h("h2", {}, "Call it from your own program"),
            h("pre", { tabindex: "0", role: "region", "aria-label": "Code" }, h("code", {}, code[shape])),
        ),
    );
    draw(chosen.name);
}

// A model may have no ONNX form: the reason is told here, not on a page of its own.
async function fetched(event, page) {
    event.preventDefault();
    const link = event.currentTarget,
        answer = await fetch(link.href),
        place = page.querySelector("#refused");
    if (!answer.ok) {
        place.replaceChildren(alert((await answer.json()).problem));
        place.scrollIntoView({ block: "center" });
        return;
    }
    place.replaceChildren();
    const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "download";
    const url = URL.createObjectURL(await answer.blob());
    h("a", { href: url, download: name }).click();
    URL.revokeObjectURL(url);
}

const same = { forecast: "forecasts", classify: "classes", tag: "tags", next: "next steps" };

const things = (kind, leftOut) => [
    [
        "project",
        "A C# project",
        kind === "forecast"
            ? "Program.cs, SequenceModel.consumption.cs, the model and your rows, and a second project " +
              "that trains anew. It builds as it is and gives the same forecasts."
            : "Program.cs, SequenceModel.consumption.cs, the model and some test rows. " +
              `It builds as it is and gives the same ${same[kind]}.`,
        "Download the project",
    ],
    ["model", "The model", "For SequenceModel.Load: plain C#, without ML.NET and libtorch.", "Download the model"],
    ["mlnet", "The model for ML.NET", "For ml.Model.Load, as a part of a pipeline.", "Download for ML.NET"],
    ["onnx", "ONNX", "For ONNX Runtime and other languages.", "Download ONNX"],
    [
        "notebook",
        "A notebook",
        "Loads the model and uses it, cell by cell. Put it into the folder of the project.",
        "Download the notebook",
    ],
    kind === "forecast"
        ? [
              "forecasts",
              "The forecasts",
              "What comes next, with its bands, as CSV." +
                  (leftOut ? ` Of the first series only: ${leftOut} are left out; the project forecasts all.` : ""),
              "Download the forecasts",
          ]
        : [
              "predictions",
              "Predictions",
              `The ${same[kind]} of the project's test rows, as CSV: what its program prints.`,
              "Download the predictions",
          ],
];

const code = {
    forecast: `ModelInput[] rows = …;                              // the last rows, the oldest first
foreach (ModelOutput step in SequenceModel.Predict(rows))
    Console.WriteLine($"{step.Time} {step.Values[0]}");`,
    classify: `float[] steps = …;                                  // a sequence, the oldest value first
ModelOutput found = SequenceModel.Predict(steps);
Console.WriteLine($"{found.PredictedLabel} {found.Probability:P0}");`,
    tag: `ModelInput[] rows = …;                              // the rows of a sequence, the oldest first
foreach (ModelOutput step in SequenceModel.Predict(rows))
    Console.WriteLine($"{step.PredictedTag} {step.Probability:P0}");`,
    next: `ModelInput[] rows = …;                              // the rows of a sequence, the oldest first
Console.WriteLine(SequenceModel.Predict(rows).Token);
foreach (string token in SequenceModel.Continue(rows, 10))
    Console.WriteLine(token);`,
    numbers: `ModelInput[] rows = …;                              // the rows of a sequence, the oldest first
Console.WriteLine(string.Join(" ", SequenceModel.Predict(rows).Values));
foreach (ModelOutput step in SequenceModel.Continue(rows, 10))
    Console.WriteLine(string.Join(" ", step.Values));`,
};
