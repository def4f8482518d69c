namespace MLNet.Sequence.Tests.Metrics;

/// <summary>Spans by hand, and compared with conlleval's rules at each boundary.</summary>
[TestClass]
public sealed class TagSpansTests
{
    [TestMethod]
    [DataRow("O O O", "")]
    [DataRow("B-x I-x O B-y", "0-1 x, 3-3 y", DisplayName = "IOB2")]
    [DataRow("B-x B-x I-x", "0-0 x, 1-2 x", DisplayName = "IOB2: neighbours of one label")]
    [DataRow("I-x I-x O I-y", "0-1 x, 3-3 y", DisplayName = "IOB: spans begin with I")]
    [DataRow("I-x B-x I-y", "0-0 x, 1-1 x, 2-2 y", DisplayName = "IOB: B parts neighbours of one label")]
    [DataRow("B-x I-x E-x S-y B-y E-y", "0-2 x, 3-3 y, 4-5 y", DisplayName = "IOBES")]
    [DataRow("E-x I-x", "0-0 x, 1-1 x", DisplayName = "IOBES: after an end something begins")]
    [DataRow("S-x I-x E-x", "0-0 x, 1-2 x", DisplayName = "IOBES: after a single something begins")]
    [DataRow("B-x I-x L-x U-y B-y L-y U-x U-x", "0-2 x, 3-3 y, 4-5 y, 6-6 x, 7-7 x", DisplayName = "BILOU")]
    [DataRow("B-x M-x M-x E-x S-y B-y E-y", "0-3 x, 4-4 y, 5-6 y", DisplayName = "BMES")]
    [DataRow("B-x M-x E-x W-y O W-x", "0-2 x, 3-3 y, 5-5 x", DisplayName = "BMEWO")]
    [DataRow("B M E S B E", "0-2 , 3-3 , 4-5 ", DisplayName = "BMES without labels")]
    [DataRow("B-x I-y", "0-0 x, 1-1 y", DisplayName = "another label begins")]
    [DataRow("B-from.city I-from.city", "0-1 from.city")]
    [DataRow("B-a-b I-a-b", "0-1 a-b", DisplayName = "only the first dash parts")]
    [DataRow("B I O I", "0-1 , 3-3 ", DisplayName = "tags without labels")]
    [DataRow("noun verb verb O", "0-0 noun, 1-1 verb, 2-2 verb", DisplayName = "tags of no such form stand alone")]
    public void The_spans_are_those_found_by_hand(string tags, string expected) =>
        Assert.AreEqual(expected, string.Join(", ", TagSpans.Of(tags.Split(' ')).Select(span => $"{span.First}-{span.Last} {span.Label}")));

    [TestMethod]
    public void An_unknown_tag_is_outside() =>
        CollectionAssert.AreEqual(new TagSpan[] { new(0, 0, "x"), new(2, 2, "x") }, TagSpans.Of(["B-x", "", "I-x"]).ToArray());

    [TestMethod]
    public void Measures_are_those_of_an_evaluation_by_boundaries()
    {
        var random = new Random(7);
        string[] kinds = ["O", "O", "B-x", "I-x", "E-x", "S-x", "B-y", "I-y", "E-y", "S-y"];
        (string[] Actual, string[] Predicted)[] rows = [.. Enumerable.Range(0, 300).Select(_ =>
        {
            string[] actual = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => kinds[random.Next(10)])];
            return (actual, actual.Select(tag => random.NextDouble() < 0.8 ? tag : kinds[random.Next(10)]).ToArray());
        })];
        var metrics = new SequenceTagMetrics(rows);

        foreach (string? label in new[] { null, "x", "y" })
        {
            (int right, int called, int count) = rows.Aggregate((0, 0, 0), (sum, row) =>
            {
                List<(int, int, string)> actual = Boundaries(row.Actual), found = Boundaries(row.Predicted);
                bool Counts((int, int, string Label) span) => label is null || span.Label == label;
                return (sum.Item1 + actual.Intersect(found).Count(Counts), sum.Item2 + found.Count(Counts), sum.Item3 + actual.Count(Counts));
            });
            ClassScores scores = label is null ? metrics.Overall : metrics.PerLabel.Single(one => one.Name == label);
            Close.AssertEqual(
                [(double)right / called, (double)right / count, 2.0 * right / (called + count), count],
                [scores.Precision, scores.Recall, scores.F1, scores.Count], 1e-12, label ?? "overall");
        }

        Assert.AreEqual(rows.Sum(row => row.Actual.Zip(row.Predicted).Count(pair => pair.First == pair.Second)) / (double)rows.Sum(row => row.Actual.Length),
            metrics.TokenAccuracy, 1e-12);
    }

    [TestMethod]
    public void The_example_of_the_shared_tasks_page_is_met()
    {
        // There are three gold chunks. Two of the three found chunks are correct; the third has the right place but the wrong label.
        var metrics = new SequenceTagMetrics([(["B-NP", "I-NP", "B-VP", "O", "B-NP"], ["B-NP", "I-NP", "B-PP", "O", "B-NP"])],
            new BootstrapOptions { Resamples = 100 });

        Close.AssertEqual([0.8, 2 / 3.0, 2 / 3.0, 2 / 3.0], [metrics.TokenAccuracy, metrics.Precision, metrics.Recall, metrics.F1], 1e-12, "measures");
        Assert.AreEqual("NP PP VP", string.Join(" ", metrics.PerLabel.Select(label => label.Name)));
        Assert.AreEqual(new ConfidenceInterval(metrics.F1, metrics.F1), metrics.Intervals["F1"], "Of one sequence there is but one sample.");
        foreach (string part in new[] { "1 sequences, 5 steps, 3 spans", "token accuracy", "span F1", "[0.6667, 0.6667]", "VP" })
            StringAssert.Contains(metrics.ToString(), part);
    }

    // As in conlleval: at each step, whether a chunk ends before it and whether one starts at it.
    private static List<(int First, int Last, string Label)> Boundaries(string[] tags)
    {
        var spans = new List<(int, int, string)>();
        (string kind, string label) before = ("O", "");
        int start = 0;
        for (int step = 0; step <= tags.Length; step++)
        {
            string[] parts = step == tags.Length ? ["O"] : tags[step].Split('-', 2);
            (string kind, string label) now = (parts[0], parts.Length > 1 ? parts[1] : "");
            bool ends = before.kind is "E" or "S"
                || ((before.kind is "B" or "I") && (now.kind is "B" or "S" or "O"))
                || (before.kind != "O" && before.label != now.label);
            bool starts = now.kind is "B" or "S"
                || ((before.kind is "E" or "S" or "O") && (now.kind is "E" or "I"))
                || (now.kind != "O" && before.label != now.label);
            if (before.kind != "O" && ends)
                spans.Add((start, step - 1, before.label));
            if (starts)
                start = step;
            before = now;
        }

        return spans;
    }
}
