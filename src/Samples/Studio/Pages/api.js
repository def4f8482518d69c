// The server, relative to the address of the page, which holds the key.

async function ask(path, options) {
    let answer;
    try {
        answer = await fetch(`api/${path}`, options);
    } catch {
        throw new Error("The studio does not answer. Has it ended? Start it again; your runs are kept.");
    }
    const text = await answer.text();
    let body = null;
    try {
        body = text ? JSON.parse(text) : null;
    } catch {
        body = { problem: text };
    }
    if (!answer.ok) throw new Error(body?.problem ?? `The studio answered with ${answer.status}.`);
    return body;
}

const part = encodeURIComponent;
const post = (path, body) =>
    ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });

export const api = {
    files: () => ask("files"),
    upload: file => ask(`files/${part(file.name)}`, { method: "POST", body: file }),
    sample: name => post(`samples/${part(name)}`),
    data: (file, time, series) =>
        ask(`data?file=${part(file)}${time == null ? "" : `&time=${part(time)}`}${series === null ? "" : `&series=${part(series)}`}`),
    check: question => post("question", question),
    runs: () => ask("runs"),
    start: question => post("runs", question),
    run: id => ask(`runs/${part(id)}`),
    cancel: id => post(`runs/${part(id)}/cancel`),
    resume: id => post(`runs/${part(id)}/resume`),
    remove: id => ask(`runs/${part(id)}`, { method: "DELETE" }),
    answer: id => ask(`runs/${part(id)}/answer`),
    shown: (id, model) => ask(`runs/${part(id)}/models/${part(model)}`),
    report: id => `api/runs/${part(id)}/report`,
    take: (id, model, what) => `api/runs/${part(id)}/take/${part(model)}/${what}`,
    watch: id => new EventSource(`api/runs/${part(id)}/events`),
};
