using System.IO.Compression;
using System.Runtime.InteropServices;

namespace MLNet.Sequence.Tests.Model;

/// <summary>
/// Files of an earlier build, in which networks were not plans yet, for each task and for families of architectures, with eight steps of
/// input and that build's outputs for them.
/// </summary>
[TestClass]
public sealed class EarlierModelTests
{
    [TestMethod]
    public void Models_of_an_earlier_build_give_the_same_outputs()
    {
        using var archive = new ZipArchive(typeof(EarlierModelTests).Assembly.GetManifestResourceStream("EarlierModels.zip")!);
        string[] names = [.. archive.Entries.Select(entry => entry.Name).Where(name => name.EndsWith(".model", StringComparison.Ordinal))
            .Select(name => name[..^6])];
        Assert.IsGreaterThan(80, names.Length);
        foreach (string name in names)
        {
            var model = SequenceModel.Load(new MemoryStream(Read(archive, $"{name}.model")));
            double[] input = Doubles(Read(archive, $"{name}.input")), expected = Doubles(Read(archive, $"{name}.said"));
            double[] said = model.Task is Forecasting ? model.Forecast(input, "x") : model.Predict(input);
            // Later builds, and vectors of another width, round sums and functions differently.
            Close.AssertEqual(expected, said, 1e-6, name);
        }
    }

    private static double[] Doubles(byte[] bytes) => MemoryMarshal.Cast<byte, double>(bytes).ToArray();

    private static byte[] Read(ZipArchive archive, string name)
    {
        using Stream stream = archive.GetEntry(name)!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
