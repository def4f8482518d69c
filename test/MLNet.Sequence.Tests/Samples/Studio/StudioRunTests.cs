using System.Globalization;
using System.Text.Json;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>Runs from start to answer, cancelled, resumed, and found again.</summary>
[TestClass]
public sealed class StudioRunTests
{
    [TestMethod]
    public async Task A_run_trains_to_its_end_and_gives_an_answer_that_the_library_would_give()
    {
        using var studio = new StudioClient();
        string id = await Start(studio, studio.SmallQuestion("hours.csv", "linear", "lstm"));
        var parts = new List<double>();
        JsonElement end = await studio.Follow(id, told => Add(parts, told));
        Assert.AreEqual("done", end.GetProperty("info").GetProperty("status").GetString(), end.ToString());
        CollectionAssert.AreEqual(parts.Order().ToArray(), parts.ToArray(), "Progress goes back.");
        Assert.AreEqual(1, parts[^1]);
        JsonElement[] trainings = [.. end.GetProperty("progress").GetProperty("trainings").EnumerateArray()];
        JsonElement lstm = trainings.Single(training => training.GetProperty("name").GetString() == "lstm");
        Assert.AreEqual(lstm.GetProperty("epoch").GetInt32(), lstm.GetProperty("validation").GetArrayLength());

        JsonElement answer = await studio.Get($"api/runs/{id}/answer");
        string recommended = answer.GetProperty("recommended").GetString()!;
        Assert.AreEqual(recommended, end.GetProperty("info").GetProperty("recommended").GetString());
        string[] models = [.. answer.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()!)];
        CollectionAssert.IsSubsetOf(new[] { "linear", "lstm" }, models);
        Assert.IsGreaterThan(2, answer.GetProperty("past").GetProperty("ladder").GetArrayLength());
        StringAssert.Contains(System.Text.Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/report")), "Do you need recurrence?");
    }

    [TestMethod]
    public async Task Forecasts_of_the_page_are_those_of_the_saved_model_and_its_bands_hold_them()
    {
        using var studio = new StudioClient();
        string id = await Start(studio, studio.SmallQuestion());
        await studio.Follow(id);
        JsonElement shown = await studio.Get($"api/runs/{id}/models/linear");
        var model = SequenceModel.Load(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/linear/model")));
        double[][] rows = [.. File.ReadLines(studio.Files.Path("hours.csv")).Skip(1)
            .Select(line => line.Split(',')[1..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
        JsonElement series = shown.GetProperty("series")[0];
        int first = rows.Length - series.GetProperty("times").GetArrayLength();
        foreach (JsonElement origin in shown.GetProperty("origins").EnumerateArray().Append(shown.GetProperty("ahead")[0]))
        {
            int row = first + origin.GetProperty("row").GetInt32();
            double[] expected = model.Forecast((ReadOnlySpan<double>)[.. rows[..(row + 1)].SelectMany(values => values)]);
            double[] Edge(string name) => [.. origin.GetProperty(name)[0].EnumerateArray().Select(value => value.GetDouble())];
            foreach ((double known, double found) in expected.Zip(Edge("forecast")))
                Assert.AreEqual(known, found, 1e-5);
            foreach (((double low, double inner), (double outer, double high)) in Edge("low").Zip(Edge("innerLow")).Zip(Edge("innerHigh").Zip(Edge("high"))))
                Assert.IsTrue(low <= inner && inner <= outer && outer <= high);
        }

        double[] errors = [.. shown.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("error").GetDouble())];
        // By hand: all origins whose horizon is known.
        double[] byHand = [.. Enumerable.Range(0, 2).Select(step => Enumerable.Range(127, rows.Length - 2 - 127).Average(row =>
            Math.Abs(rows[row + 1 + step][0] - model.Forecast((ReadOnlySpan<double>)[.. rows[..(row + 1)].SelectMany(values => values)])[step])))];
        Assert.AreEqual(byHand[0], errors[0], 1e-4);
        Assert.AreEqual(byHand[1], errors[1], 1e-4);
    }

    [TestMethod]
    public async Task A_cancelled_run_goes_on_where_it_stopped()
    {
        using var studio = new StudioClient();
        string id = await Start(studio, studio.SmallQuestion("hours.csv", "linear", "lstm"));
        await studio.Follow(id, told => told.TryGetProperty("progress", out JsonElement progress) && progress.GetProperty("trainings").GetArrayLength() > 0);
        await studio.Post($"api/runs/{id}/cancel");
        JsonElement end = await studio.Follow(id);
        Assert.AreEqual("cancelled", end.GetProperty("info").GetProperty("status").GetString());
        StringAssert.Contains(await studio.Refused(HttpMethod.Get, $"api/runs/{id}/answer"), "no answer yet");
        StringAssert.Contains(await studio.Refused(HttpMethod.Get, $"api/runs/{id}/take/linear/model"), "no model 'linear'");
        Assert.AreEqual("waiting", (await studio.Post($"api/runs/{id}/resume")).GetProperty("status").GetString());
        end = await studio.Follow(id);
        Assert.AreEqual("done", end.GetProperty("info").GetProperty("status").GetString(), end.ToString());

        // The same bits as a run that was never cancelled.
        string whole = await Start(studio, studio.SmallQuestion("hours.csv", "linear", "lstm"));
        await studio.Follow(whole);
        CollectionAssert.AreEqual(await studio.Bytes($"api/runs/{whole}/take/lstm/forecasts"), await studio.Bytes($"api/runs/{id}/take/lstm/forecasts"));
    }

    [TestMethod]
    public async Task A_studio_that_ended_finds_its_runs_again()
    {
        using var studio = new StudioClient();
        string id = await Start(studio, studio.SmallQuestion("hours.csv", "linear", "lstm"));
        await studio.Follow(id, told => told.TryGetProperty("progress", out JsonElement progress) && progress.GetProperty("trainings").GetArrayLength() > 0);
        Assert.AreNotEqual(0, (await studio.Get($"api/runs/{id}")).GetProperty("progress").GetProperty("trainings").GetArrayLength());
        studio.Restart();
        JsonElement run = await studio.Get($"api/runs/{id}");
        Assert.AreEqual("interrupted", run.GetProperty("info").GetProperty("status").GetString());
        Assert.AreNotEqual(0, run.GetProperty("progress").GetProperty("trainings").GetArrayLength());
        await studio.Post($"api/runs/{id}/resume");
        Assert.AreEqual("done", (await studio.Follow(id)).GetProperty("info").GetProperty("status").GetString());
        studio.Restart();
        Assert.AreEqual("done", (await studio.Get("api/runs"))[0].GetProperty("status").GetString());
        await studio.Get($"api/runs/{id}/answer");
    }

    [TestMethod]
    public async Task Runs_wait_for_each_other_and_one_that_waits_can_be_cancelled_and_deleted()
    {
        using var studio = new StudioClient();
        string first = await Start(studio, studio.SmallQuestion("hours.csv", "linear", "lstm")), second = await Start(studio, studio.SmallQuestion());
        StringAssert.Contains(await studio.Refused(HttpMethod.Delete, $"api/runs/{second}"), "Cancel it first");
        await studio.Post($"api/runs/{second}/cancel");
        Assert.AreEqual("cancelled", (await studio.Get($"api/runs/{second}")).GetProperty("info").GetProperty("status").GetString());
        (await studio.Http.DeleteAsync(new Uri(studio.Address, $"api/runs/{second}"))).EnsureSuccessStatusCode();
        Assert.AreEqual(1, (await studio.Get("api/runs")).GetArrayLength());
        Assert.IsFalse(Directory.Exists(studio.Files.Path($"studio-runs/{second}")));
        await studio.Post($"api/runs/{first}/cancel");
        Assert.AreEqual("cancelled", (await studio.Follow(first)).GetProperty("info").GetProperty("status").GetString());
    }

    [TestMethod]
    public async Task Rows_with_labels_are_classified()
    {
        using var studio = new StudioClient();
        var random = new Random(1);
        // Class b rises, class a falls.
        studio.Files.Write("rows.csv", "label,s1,s2,s3,s4,s5,s6,s7,s8\n" + string.Concat(Enumerable.Range(0, 60).Select(row => (row % 2 == 0 ? "a" : "b")
            + string.Concat(Enumerable.Range(0, 8).Select(step => FormattableString.Invariant($",{(row % 2 == 0 ? -step : step) + random.NextDouble():F3}")))
            + "\n")));
        Assert.AreEqual("classify", (await studio.Get("api/data?file=rows.csv")).GetProperty("suggested").GetProperty("kind").GetString());
        string id = await Start(studio, new { kind = "classify", file = "rows.csv", label = "label", architectures = new[] { "tcn" }, effort = "look" });
        JsonElement end = await studio.Follow(id);
        Assert.AreEqual("done", end.GetProperty("info").GetProperty("status").GetString(), end.ToString());
        JsonElement shown = await studio.Get($"api/runs/{id}/models/tcn");
        Assert.AreEqual(1, shown.GetProperty("accuracy").GetDouble());
        Assert.AreEqual(6, shown.GetProperty("confusion")[0][0].GetInt64());
        Assert.AreEqual(0, shown.GetProperty("confusion")[0][1].GetInt64());
        var model = SequenceModel.Load(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/tcn/model")));
        Assert.IsGreaterThan(0.5f, model.Predict((ReadOnlySpan<float>)[0, 1, 2, 3, 4, 5, 6, 7])[1]);
    }

    private static async Task<string> Start(StudioClient studio, object question) => (await studio.Post("api/runs", question)).GetProperty("id").GetString()!;

    private static bool Add(List<double> parts, JsonElement told)
    {
        parts.Add(told.GetProperty("progress").GetProperty("part").GetDouble());
        return false;
    }
}
