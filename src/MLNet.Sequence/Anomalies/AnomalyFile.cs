using System.Text;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Anomalies;

/// <summary>A saved detector: its options, its calibration scores, and then the bytes of its model's own file.</summary>
internal static class AnomalyFile
{
    private const int Format = 1, MostScores = 1 << 28;

    public static void Write(Stream stream, AnomalyTransformer detector, ConformalScores scores)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Format);
        writer.Write(detector.Options.Confidence);
        writer.Write(detector.Options.CalibrationFraction);
        writer.Write(detector.Options.PredictionColumnName);
        writer.Write(scores.Ascending.Count);
        foreach (double score in scores.Ascending)
            writer.Write(score);
        writer.Flush();
        // A model's file must begin where its stream begins.
        using var model = new MemoryStream();
        detector.Forecaster.Model.Save(model);
        model.WriteTo(stream);
    }

    /// <exception cref="FormatException">The bytes are damaged, or of a newer version.</exception>
    public static AnomalyTransformer Read(IHostEnvironment environment, Stream stream)
    {
        try
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadInt32() is var format && format != Format)
                throw new FormatException($"it has the format {format}; this version reads {Format}.");
            var options = new AnomalyOptions
            {
                Confidence = reader.ReadDouble(),
                CalibrationFraction = reader.ReadDouble(),
                PredictionColumnName = reader.ReadString(),
            };
            options.Validate();
            double[] scores = Scores(reader, stream, options.Confidence);
            using var model = new MemoryStream();
            stream.CopyTo(model);
            model.Position = 0;
            SequenceModel fitted = SequenceModel.Load(model);
            if (fitted.Task.Series is null)
                throw new FormatException($"its model is no forecaster but a {fitted.Task.GetType().Name}.");
            var host = new SequenceHost(environment, nameof(AnomalyTransformer));
            return new AnomalyTransformer(host, new ForecastingTransformer(environment, fitted), options, new ConformalScores(scores));
        }
        catch (Exception damage) when (damage is EndOfStreamException or FormatException or ArgumentException or DecoderFallbackException)
        {
            throw new FormatException($"The saved detector of anomalies is damaged: {damage.Message}", damage);
        }
    }

    private static double[] Scores(BinaryReader reader, Stream stream, double confidence)
    {
        int count = reader.ReadInt32(), least = ConformalScores.Least(confidence);
        // Before memory is allocated for them.
        if (count < least || count > MostScores || (long)count * sizeof(double) > stream.Length - stream.Position)
            throw new FormatException($"it has {count} calibration scores; expected at least {least}, and as many as there are bytes for.");
        double[] scores = [.. Enumerable.Range(0, count).Select(_ => reader.ReadDouble())];
        return scores.All(score => score >= 0) ? scores : throw new FormatException("a calibration score is negative or not a number.");
    }
}
