using System.Globalization;
using MLNet.Sequence.Reports;
using MLNet.Sequence.Samples.Music;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws a piece as a piano roll: time to the right, keys upwards; a line marks where the model takes over.</summary>
internal static class PianoRollPlot
{
    private const int Width = 1200, Height = 500;

    public static void Draw(string path, string name, IReadOnlyList<float[]> roll, int opening)
    {
        var across = new ChartAxis(0, roll.Count, IsLogarithmic: false);
        (int Step, int Note)[] notes = [.. from step in Enumerable.Range(0, roll.Count)
            from key in Enumerable.Range(0, Roll.Keys)
            where roll[step][key] > 0.5f
            select (step, key + Roll.LowestNote)];
        var up = ChartAxis.Around(notes.SelectMany(note => new[] { note.Note - 1.0, note.Note + 1.0 }), isLogarithmic: false);
        var chart = new SvgChart(across, up) { Width = Width, Height = Height };
        chart.Axes("step", "MIDI note", across.Ticks(), up.Ticks());
        foreach ((int step, int note) in notes)
        {
            chart.Cell((step, note - 0.45), (step + 1, note + 0.45), (step < opening ? "#94a3b8" : "#2563eb", 1),
                string.Create(CultureInfo.InvariantCulture, $"step {step}, note {note}"));
        }

        chart.Upright(opening, name);
        File.WriteAllText(path, SvgChart.File($"What {name} composes after the opening of a test piece", chart));
    }
}
