// SPDX-License-Identifier: GPL-2.0
/*
 * rig_bus: an I2C bus and an SPI bus with nothing at their ends but a recorder.
 *
 * Every write appears on /dev/rig_bus as a record (struct heard, then the bytes), with the level
 * that the D/C line had: what a panel would have seen. Models of panels, on the other side, make
 * the picture of it. Module parameters can be changed at any time, in
 * /sys/module/rig_bus/parameters:
 *
 *   i2c_present  the addresses that answer, such as 0x3c,0x3d; 0 for none (cable unplugged)
 *   i2c_errno    an error that every I2C transfer ends with, such as 110 (ETIMEDOUT); 0 for none
 *   spi_errno    the same for SPI
 *   dc_line      the GPIO line that is wired to D/C
 *   lost         records for which nobody made room by reading (read only)
 *
 * Both buses stand in the device tree (board.dts), as on a Raspberry Pi.
 */
#include <linux/gpio.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/kfifo.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/sizes.h>
#include <linux/spi/spi.h>
#include <linux/vmalloc.h>

struct heard {
	u64 at;		/* nanoseconds of CLOCK_MONOTONIC */
	u32 length;
	u16 place;	/* I2C address, or number of the chip select */
	u8 bus;		/* 'i' or 's' */
	u8 dc;
} __packed;

static ushort i2c_present[8] = { 0x3c };
static uint i2c_devices = 1;
module_param_array(i2c_present, ushort, &i2c_devices, 0644);
static int i2c_errno;
module_param(i2c_errno, int, 0644);
static int spi_errno;
module_param(spi_errno, int, 0644);
static uint dc_line = 25;
module_param(dc_line, uint, 0644);
static uint lost;
module_param(lost, uint, 0444);

/* --- the recorder --- */

static struct kfifo record;
static DEFINE_MUTEX(recording);
static DECLARE_WAIT_QUEUE_HEAD(heard_more);

static int is_board(struct gpio_chip *chip, void *unused)
{
	return chip->label && !strcmp(chip->label, "pinctrl-bcm2711");
}

/* The line belongs to the kiosk: look at its level without asking for it. */
static u8 level_of_dc(void)
{
	struct gpio_chip *board = gpiochip_find(NULL, is_board);
	struct gpio_desc *line = board ? gpio_to_desc(board->base + dc_line) : NULL;

	return line && gpiod_get_raw_value_cansleep(line) > 0;
}

static void hear(u8 bus, u16 place, const void *bytes, u32 length)
{
	struct heard head = { ktime_get_ns(), length, place, bus, bus == 's' ? level_of_dc() : 0 };

	mutex_lock(&recording);
	if (kfifo_avail(&record) >= sizeof(head) + length) {
		kfifo_in(&record, (u8 *)&head, sizeof(head));
		kfifo_in(&record, (const u8 *)bytes, length);
	} else {
		lost++;
	}
	mutex_unlock(&recording);
	wake_up_interruptible(&heard_more);
}

static ssize_t rig_read(struct file *file, char __user *to, size_t room, loff_t *at)
{
	unsigned int copied = 0;
	int fault;

	if (kfifo_is_empty(&record) && (file->f_flags & O_NONBLOCK))
		return -EAGAIN;
	if (wait_event_interruptible(heard_more, !kfifo_is_empty(&record)))
		return -ERESTARTSYS;
	mutex_lock(&recording);
	fault = kfifo_to_user(&record, to, room, &copied);
	mutex_unlock(&recording);
	return fault ?: copied;
}

static __poll_t rig_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &heard_more, table);
	return kfifo_is_empty(&record) ? 0 : EPOLLIN | EPOLLRDNORM;
}

static const struct file_operations recorder_operations = {
	.owner = THIS_MODULE,
	.read = rig_read,
	.poll = rig_poll,
};

static struct miscdevice recorder = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rig_bus",
	.fops = &recorder_operations,
};

/* --- I2C --- */

static bool answers(u16 address)
{
	uint i;

	for (i = 0; i < i2c_devices; i++)
		if (i2c_present[i] == address)
			return true;
	return false;
}

static int rig_i2c_transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct i2c_msg *message = &messages[i];

		if (i2c_errno)
			return -i2c_errno;
		if (!answers(message->addr))
			return -EREMOTEIO;	/* what i2c-bcm2835 says when nobody acknowledges */
		if (message->flags & I2C_M_RD)
			memset(message->buf, 0, message->len);
		else
			hear('i', message->addr, message->buf, message->len);
	}
	return count;
}

static u32 rig_i2c_can(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm rig_i2c_algorithm = {
	.master_xfer = rig_i2c_transfer,
	.functionality = rig_i2c_can,
};

static int rig_i2c_probe(struct platform_device *device)
{
	struct i2c_adapter *adapter = devm_kzalloc(&device->dev, sizeof(*adapter), GFP_KERNEL);

	if (!adapter)
		return -ENOMEM;
	adapter->owner = THIS_MODULE;
	adapter->algo = &rig_i2c_algorithm;
	adapter->dev.parent = &device->dev;
	adapter->dev.of_node = device->dev.of_node;
	strscpy(adapter->name, "rig_bus", sizeof(adapter->name));
	return devm_i2c_add_adapter(&device->dev, adapter);
}

/* --- SPI --- */

static int rig_spi_transfer(struct spi_controller *bus, struct spi_device *device,
			    struct spi_transfer *transfer)
{
	if (spi_errno)
		return -spi_errno;
	if (transfer->tx_buf)
		hear('s', device->chip_select, transfer->tx_buf, transfer->len);
	if (transfer->rx_buf)
		memset(transfer->rx_buf, 0, transfer->len);
	return 0;
}

static int rig_spi_probe(struct platform_device *device)
{
	struct spi_controller *bus = devm_spi_alloc_master(&device->dev, 0);

	if (!bus)
		return -ENOMEM;
	bus->dev.of_node = device->dev.of_node;
	bus->num_chipselect = 2;
	bus->mode_bits = SPI_MODE_X_MASK | SPI_CS_HIGH | SPI_NO_CS;
	bus->bits_per_word_mask = SPI_BPW_MASK(8);
	bus->transfer_one = rig_spi_transfer;
	return devm_spi_register_controller(&device->dev, bus);
}

/* --- the board --- */

static const struct of_device_id i2c_ids[] = { { .compatible = "rig,i2c" }, { } };
static struct platform_driver rig_i2c = {
	.probe = rig_i2c_probe,
	.driver = { .name = "rig_i2c", .of_match_table = i2c_ids },
};

static const struct of_device_id spi_ids[] = { { .compatible = "rig,spi" }, { } };
static struct platform_driver rig_spi = {
	.probe = rig_spi_probe,
	.driver = { .name = "rig_spi", .of_match_table = spi_ids },
};

static int __init rig_bus_init(void)
{
	void *room = vmalloc(SZ_16M);

	if (!room)
		return -ENOMEM;
	kfifo_init(&record, room, SZ_16M);
	return misc_register(&recorder) ?: platform_driver_register(&rig_i2c) ?:
	       platform_driver_register(&rig_spi);
}
device_initcall(rig_bus_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("An I2C and an SPI bus that record what is sent to them");
