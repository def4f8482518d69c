namespace MLNet.Sequence.Samples.Csv;

/// <summary>The data that comes with the program; its README names the sources.</summary>
internal static class ShippedData
{
    public static string At(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);
}
