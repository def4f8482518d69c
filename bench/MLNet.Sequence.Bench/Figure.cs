using System.Globalization;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>One of our scores and the known one, which is rounded to <c>Decimals</c> places.</summary>
internal sealed record Figure(string Name, double Ours, double Known, int Decimals)
{
    private bool Agrees => Math.Abs(Ours - Known) <= 0.5 * Math.Pow(10, -Decimals) + 1e-9;

    /// <summary>Prints the table and returns the exit code: 0 if all figures agree to their last place, else 1.</summary>
    public static int Report(IReadOnlyList<Figure> figures)
    {
        int width = figures.Max(figure => figure.Name.Length);
        Console.WriteLine($"{"".PadRight(width)}  {"ours",12}  {"known",8}");
        foreach (Figure figure in figures)
        {
            string ours = figure.Ours.ToString("F" + (figure.Decimals + 3), CultureInfo.InvariantCulture);
            string known = figure.Known.ToString("F" + figure.Decimals, CultureInfo.InvariantCulture);
            Console.WriteLine($"{figure.Name.PadRight(width)}  {ours,12}  {known,8}  {(figure.Agrees ? "" : "differs")}".TrimEnd());
        }

        return figures.All(figure => figure.Agrees) ? 0 : 1;
    }
}
