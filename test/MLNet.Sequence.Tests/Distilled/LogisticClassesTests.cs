using MLNet.Sequence.Distilled;

namespace MLNet.Sequence.Tests.Distilled;

[TestClass]
public sealed class LogisticClassesTests
{
    [TestMethod]
    public void The_classes_of_draws_have_the_entropy_that_is_computed()
    {
        const int classes = 16, draws = 200_000;
        var random = new RandomStream(5);
        foreach ((double mean, double scale) in new[] { (0.1, 0.2), (-0.9, 0.05), (0.5, 1.0) })
        {
            var counts = new int[classes];
            for (int i = 0; i < draws; i++)
                counts[LogisticClasses.Of((float)(mean + scale * StudentSound.Noise(random)), classes)]++;
            double entropy = counts.Where(count => count > 0).Sum(count => -(double)count / draws * Math.Log((double)count / draws));
            Assert.AreEqual(entropy, LogisticClasses.Entropy(mean, scale, classes), 0.01);
        }
    }

    [TestMethod]
    public void The_level_of_a_class_belongs_to_it()
    {
        for (int k = 0; k < 256; k++)
            Assert.AreEqual(k, LogisticClasses.Of(2f * k / 255 - 1, 256));
        Assert.AreEqual(0, LogisticClasses.Of(-9, 256));
        Assert.AreEqual(255, LogisticClasses.Of(9, 256));
    }
}
