using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tests.Data;

/// <summary>Compares windows with a plain enumeration of all origins.</summary>
[TestClass]
public sealed class WindowsTests
{
    private static readonly int[][] Lengths = [[0], [1], [12], [5, 0, 9, 3, 20], [2, 2, 2], [7, 1, 30, 6]];

    private static readonly WindowShape[] Shapes =
    [
        .. from context in new[] { 1, 2, 5 }
           from horizon in new[] { 0, 1, 4 }
           from stride in new[] { 1, 2, 3, 7 }
           select new WindowShape(context, horizon, stride),
    ];

    [TestMethod]
    public void Every_window_inside_its_series_is_listed_once_and_in_order()
    {
        ForEach((set, shape) =>
        {
            List<Window> expected = Enumerate(set, shape, _ => 0, length => length);
            CollectionAssert.AreEqual(expected, Listed(Windows.Over(set, shape)), $"{shape}");
        });
    }

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.3)]
    [DataRow(0.5)]
    [DataRow(0.99)]
    public void A_split_lists_the_windows_that_predict_on_one_side_of_the_cut(double tail)
    {
        ForEach((set, shape) =>
        {
            (Windows head, Windows last) = Windows.Split(set, shape, tail);
            long Cut(long length) => length - Math.Max(1, (long)Math.Round(length * tail));
            CollectionAssert.AreEqual(Enumerate(set, shape, _ => 0, Cut), Listed(head), $"head, {shape}");
            CollectionAssert.AreEqual(Enumerate(set, shape, Cut, length => length), Listed(last), $"tail, {shape}");
        });
    }

    [TestMethod]
    public void No_step_is_predicted_in_both_parts_of_a_split()
    {
        ForEach((set, shape) =>
        {
            (Windows head, Windows tail) = Windows.Split(set, shape, 0.3);
            HashSet<(Series, long)> known = [.. Predicted(head, shape)];
            Assert.IsFalse(Predicted(tail, shape).Any(known.Contains), $"{shape}");
        });
    }

    [TestMethod]
    public void At_stride_one_a_split_loses_only_the_windows_across_the_cut()
    {
        var shape = new WindowShape(3, 4);
        SeriesSet set = Set([50]);
        (Windows head, Windows tail) = Windows.Split(set, shape, 0.2);
        Assert.AreEqual(Windows.Over(set, shape).Count - (shape.Horizon - 1), head.Count + tail.Count);
    }

    private static void ForEach(Action<SeriesSet, WindowShape> check)
    {
        foreach (int[] lengths in Lengths)
        {
            foreach (WindowShape shape in Shapes)
                check(Set(lengths), shape);
        }
    }

    private static SeriesSet Set(int[] lengths)
    {
        var set = new SeriesSet(["y"]);
        for (int series = 0; series < lengths.Length; series++)
        {
            set.GetOrAdd($"{series}");
            for (int step = 0; step < lengths[series]; step++)
                set.Add($"{series}", [step]);
        }

        return set;
    }

    // All windows whose predicted steps lie in [from, to) and whose context is inside the series; of these, every stride-th of each series.
    private static List<Window> Enumerate(SeriesSet set, WindowShape shape, Func<long, long> from, Func<long, long> to)
    {
        var windows = new List<Window>();
        foreach (Series series in set.Series)
        {
            var own = new List<Window>();
            for (long origin = 0; origin < series.Length; origin++)
            {
                bool seen = origin - shape.Context + 1 >= 0;
                if (seen && origin + 1 >= from(series.Length) && origin + shape.Horizon < to(series.Length))
                    own.Add(new Window(series, origin));
            }

            windows.AddRange(own.Where((_, i) => i % shape.Stride == 0));
        }

        return windows;
    }

    private static List<Window> Listed(Windows windows)
    {
        var list = new List<Window>();
        for (long i = 0; i < windows.Count; i++)
            list.Add(windows[i]);
        return list;
    }

    private static IEnumerable<(Series, long)> Predicted(Windows windows, WindowShape shape) =>
        Listed(windows).SelectMany(window => Enumerable.Range(1, shape.Horizon).Select(step => (window.Series, window.Origin + step)));
}
