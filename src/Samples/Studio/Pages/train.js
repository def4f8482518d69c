// Step 3: training, live. Closing the page does not end it.
import { api } from "./api.js";
import { drawn, go, keep } from "./app.js";
import { chart } from "./chart.js";
import { alert, duration, h, number, percent, say, table } from "./dom.js";

const going = status => status === "running" || status === "waiting";
const names = {
    waiting: "Waiting for its turn",
    running: "Training",
    done: "Done",
    cancelled: "Cancelled",
    failed: "Failed",
    interrupted: "Interrupted",
};

export async function showTraining(page, id) {
    const run = await api.run(id);
    const head = h("h1", {}, ""),
        what = h("p", { class: "lead" }, run.info.name),
        bar = h("div", { class: "progress" }),
        buttons = h("p", { class: "next" });
    const told = h("div", {}),
        summary = h("summary", {}),
        inner = h("div", {}),
        lists = h("details", { class: "card", open: going(run.info.status) }, summary, inner);
    const curves = chart({
        title: "Validation loss",
        note:
            "By epoch, on rows that are not trained on. Lower is better. " +
            "A model goes on from the trial of its settings, so its line begins later.",
        height: 300,
        x: { values: [], name: "epoch", whole: true },
        lines: [],
        unit: "loss",
    });
    const figure = h("div", { class: "card" }, curves);
    page.append(head, what, bar, told, buttons, figure, lists);
    let source = null,
        last = "",
        lost = false,
        again = 0;

    const draw = (info, progress) => {
        if (last !== info.status) {
            say(names[info.status]);
            head.textContent = names[info.status];
            drawButtons(info);
            told.replaceChildren(
                info.problem
                    ? alert(info.problem)
                    : info.status === "interrupted"
                      ? alert(
                            "The studio ended while this run trained. Resume it: trainings that had ended are not repeated.",
                            "warn",
                        )
                      : "",
            );
            last = info.status;
        }
        drawBar(bar, info.status, progress);
        drawCurves(curves, figure, progress);
        summary.textContent = `Trainings: ${progress.trainings.length}`;
        inner.replaceChildren(list(progress));
    };
    const listen = () => {
        clearTimeout(again);
        source?.close();
        source = api.watch(id);
        source.addEventListener("progress", event => {
            const { status, progress } = JSON.parse(event.data);
            if (lost) {
                lost = false;
                told.replaceChildren();
            }
            draw({ ...run.info, status }, progress);
        });
        // The browser connects again by itself, unless the server refuses.
        source.addEventListener("error", () => {
            if (going(last))
                told.replaceChildren(
                    alert("The studio does not answer. Has it ended? Start it again; your runs are kept.", "warn"),
                );
            lost = true;
            clearTimeout(again);
            if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, 3000);
        });
        source.addEventListener("end", event => {
            source.close();
            Object.assign(run, JSON.parse(event.data));
            keep({ done: run.info.status === "done" });
            draw(run.info, run.progress);
            drawn();
        });
    };
    const act = async (change, button) => {
        button.disabled = true;
        try {
            await change();
            run.info = (await api.run(id)).info;
            run.info.problem = undefined;
            listen();
        } catch (error) {
            told.replaceChildren(alert(error.message));
            button.disabled = false;
        }
    };
    function drawButtons(info) {
        const cancel = h("button", { type: "button", onclick: () => act(() => api.cancel(id), cancel) }, "Cancel");
        const resume = h(
            "button",
            { type: "button", class: "primary", onclick: () => act(() => api.resume(id), resume) },
            "Resume",
        );
        buttons.replaceChildren(
            ...(info.status === "done"
                ? [h("button", { type: "button", class: "primary", onclick: () => go(`#/answer/${id}`) }, "See the answer")]
                : going(info.status)
                  ? [cancel, h("span", { class: "soft" }, "You may close this page: the training goes on while the studio runs.")]
                  : [resume]),
        );
    }

    draw(run.info, run.progress);
    if (going(run.info.status)) listen();
    return () => {
        clearTimeout(again);
        source?.close();
    };
}

function drawBar(bar, status, progress) {
    const part = status === "done" ? 1 : progress.part;
    bar.replaceChildren(
        h("progress", { max: "1", value: part, "aria-label": "Progress of the run" }, percent(part)),
        h(
            "div",
            { class: "row between" },
            h("span", {}, going(status) ? progress.stage || "Starting" : ""),
            h(
                "span",
                { class: "soft" },
                `${duration(progress.seconds)} so far`,
                status === "running" && Number.isFinite(progress.secondsLeft)
                    ? `, about ${duration(progress.secondsLeft)} left`
                    : "",
            ),
        ),
    );
}

// The trainings of the models themselves; those that try settings and short windows are in the list.
const isModel = name => !/-with-|-of-\d|-carried/.test(name);

function drawCurves(curves, figure, progress) {
    const shown = progress.trainings.filter(one => isModel(one.name) && one.validation.some(Number.isFinite));
    const epochs = Math.max(0, ...shown.map(one => one.validation.length));
    figure.hidden = epochs === 0;
    if (epochs === 0) return;
    const first = Math.min(...shown.map(one => one.validation.findIndex(Number.isFinite)));
    const kinds = [...new Set(progress.trainings.filter(one => isModel(one.name)).map(one => one.name))];
    curves.update({
        x: { values: Array.from({ length: epochs - first }, (_, i) => first + i + 1), name: "epoch", whole: true },
        lines: shown.map(one => ({
            name: one.name,
            values: one.validation.slice(first),
            kind: `c${kinds.indexOf(one.name) % 8}`,
            dots: one.validation.length < 12,
        })),
    });
}

// "tcn-with-mean" tries a way to bring windows to one level, "tcn-of-8" sees 8 steps.
const plain = name =>
    name
        .replace(/-with-values/, ", windows as they are")
        .replace(/-with-rate-/, ", learning rate ")
        .replace(/-with-(.*)$/, (_, level) => `, windows without their ${level.replaceAll("-", " ")}`)
        .replace(/-of-(\d+)/, ", last $1 steps")
        .replace(/-carried/, ", state carried");

function list(progress) {
    const rows = [...progress.trainings]
        .reverse()
        .map(one => [plain(one.name), `${one.epoch} of ${one.epochs}`, number(one.losses.at(-1)), number(one.validation.at(-1))]);
    return rows.length
        ? table("Trainings", ["training", "epoch", "loss", "validation loss"], rows)
        : h("p", { class: "soft" }, "Rows are read and settings are chosen.");
}
