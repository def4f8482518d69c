using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws what a decoder attends to: the source's words to the right, the translation downwards, darker for more attention.</summary>
internal static class AttentionPlot
{
    private const string End = "(end)";
    private const int Cell = 30, LetterWidth = 7, Narrowest = 440, Margin = 60;

    /// <param name="path">The file.</param>
    /// <param name="name">The architecture.</param>
    /// <param name="source">The words of the source.</param>
    /// <param name="target">The words of its translation.</param>
    /// <param name="attention">For each word of the translation, and for its end, a weight for each word of the source.</param>
    public static void Draw(string path, string name, IReadOnlyList<string> source, IReadOnlyList<string> target, IReadOnlyList<float[]> attention)
    {
        string[] rows = [.. target, End];
        int left = Margin + LetterWidth * rows.Max(word => word.Length), wide = Math.Max(Cell, LetterWidth * (1 + source.Max(word => word.Length)));
        var across = new ChartAxis(0, source.Count, IsLogarithmic: false);
        var down = new ChartAxis(0, rows.Length, IsLogarithmic: false);
        var chart = new SvgChart(across, down, left) { Width = Math.Max(Narrowest, left + wide * source.Count), Height = Margin + Cell * rows.Length };
        chart.Axes("source", "translation", source.Select((word, i) => (i + 0.5, word)), rows.Select((word, i) => (rows.Length - i - 0.5, word)));
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < source.Count; i++)
            {
                int top = rows.Length - row;
                chart.Cell((i, top - 1), (i + 1, top), ("#2563eb", attention[row][i]),
                    string.Create(CultureInfo.InvariantCulture, $"'{rows[row]}' attends to '{source[i]}': {attention[row][i]:F2}"));
            }
        }

        File.WriteAllText(path, SvgChart.File($"What {name} attends to while it translates: {string.Join(' ', source)}", chart));
    }
}
