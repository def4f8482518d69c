using MLNet.Sequence.Samples.Music;
using ScottPlot;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws a piece as a piano roll: time to the right, keys upwards; a line marks where the model takes over.</summary>
internal static class PianoRollPlot
{
    private const int Width = 1200, Height = 500;

    public static void Draw(string path, string name, IReadOnlyList<float[]> roll, int opening)
    {
        using var plot = new Plot();
        for (int step = 0; step < roll.Count; step++)
        {
            for (int key = 0; key < Roll.Keys; key++)
            {
                if (roll[step][key] > 0.5f)
                    Note(plot, step, key + Roll.LowestNote, step < opening ? Colors.Gray : Colors.SteelBlue);
            }
        }

        plot.Add.VerticalLine(opening, 1, Colors.Black, LinePattern.Dashed);
        plot.Title($"What {name} composes after the opening of a test piece");
        plot.XLabel("step");
        plot.YLabel("MIDI note");
        plot.Axes.SetLimitsX(0, roll.Count);
        plot.SavePng(path, Width, Height);
    }

    private static void Note(Plot plot, int step, int note, Color color)
    {
        ScottPlot.Plottables.Rectangle box = plot.Add.Rectangle(step, step + 1, note - 0.45, note + 0.45);
        box.FillColor = color;
        box.LineWidth = 0;
    }
}
